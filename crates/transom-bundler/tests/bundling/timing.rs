use crate::project::{Project, runtime};
use std::time::Instant;
use transom_bundler::Bundler;

#[test]
fn timing() {
    for count in [7, 200] {
        let mut files: Vec<(String, String)> = Vec::new();
        for i in 0..20 {
            files.push((format!("lib/l{i}.ts"), format!("export interface X {{ a: number }}\nexport const lib{i} = (n: number): X => ({{ a: n + {i} }});\n")));
        }
        for i in 0..count {
            files.push((format!("pages/p{i}.ts"), format!("import type {{ APIRoute }} from 'astro';\nimport {{ lib{} }} from '../lib/l{}';\nimport {{ lib{} }} from '../lib/l{}';\nexport const GET: APIRoute = async ({{ params, url }}) => {{\n  const items = Array.from({{ length: 50 }}, (_, n) => ({{ id: n, name: `item ${{n}}`, v: lib{}(n) }}));\n  return Response.json({{ items, params, q: url.searchParams.get('q'), x: lib{}(2) }});\n}};\nexport const POST: APIRoute = async ({{ request }}) => Response.json(await request.json());\n", i % 20, i % 20, (i + 7) % 20, (i + 7) % 20, i % 20, (i + 7) % 20)));
        }
        let refs: Vec<(&str, &str)> = files.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let project = Project::new(&refs);
        let rt = runtime();
        for _ in 0..5 {
            let bundler = Bundler::new(project.options.clone());
            let start = Instant::now();
            let bundle = rt.block_on(bundler.bundle()).unwrap();
            eprintln!("{count} entries: {:?} {} chunks", start.elapsed(), bundle.chunks.len());
        }
    }
}
