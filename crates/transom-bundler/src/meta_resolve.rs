//! `import.meta.resolve` with a literal: the name of a package becomes the way to its file, which is known now and may
//! not be there any more when the program runs. Everything else is left to the function that `module_place.rs` puts in
//! its place.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use oxc::{
    ast::{
        AstBuilder,
        ast::{Argument, CallExpression, Expression},
    },
    ast_visit::{VisitMut, walk_mut},
};
use rolldown_ecmascript::{EcmaAst, WithMutFields};

const CALL: &str = "import.meta.resolve(";

/// The names of packages that a module with this text resolves.
pub(crate) fn packages(source: &str) -> Vec<String> {
    let literal = |call: &str| {
        let text = call.trim_start();
        let quote = text.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
        let name = text[1..].split_once(quote)?.0;
        let is_package = !name.is_empty() && !name.starts_with(['.', '/']) && !name.contains(':');
        is_package.then(|| name.to_owned())
    };
    source.split(CALL).skip(1).filter_map(literal).collect()
}

/// The way from the folder of a module to `file`, as a relative specifier.
pub(crate) fn way(folder: &Path, file: &Path) -> String {
    let (from, to) = (folder.components(), file.components());
    let common = from.clone().zip(to.clone()).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n(Component::ParentDir, from.count() - common);
    let way: PathBuf = up.chain(to.skip(common)).collect();
    let text: String = way
        .to_string_lossy()
        .chars()
        .map(|c| match c {
            '%' => "%25".to_owned(),
            '?' => "%3F".to_owned(),
            '#' => "%23".to_owned(),
            other => other.to_string(),
        })
        .collect();
    if text.starts_with("..") { text } else { format!("./{text}") }
}

/// Puts the ways in the place of the names.
pub(crate) fn replace(mut ast: EcmaAst, ways: &HashMap<String, String>) -> EcmaAst {
    ast.program.with_mut(|WithMutFields { program, allocator, .. }| {
        Literals { builder: AstBuilder::new(allocator), ways }.visit_program(program);
    });
    ast
}

struct Literals<'a, 's> {
    builder: AstBuilder<'a>,
    ways: &'s HashMap<String, String>,
}

impl<'a> VisitMut<'a> for Literals<'a, '_> {
    fn visit_call_expression(&mut self, call: &mut CallExpression<'a>) {
        if let Expression::StaticMemberExpression(callee) = &call.callee
            && matches!(callee.object, Expression::MetaProperty(_))
            && callee.property.name == "resolve"
            && let Some(argument) = call.arguments.first_mut()
        {
            let name = match argument {
                Argument::StringLiteral(name) => Some(name.value.as_str()),
                Argument::TemplateLiteral(text) => match text.quasis.as_slice() {
                    [only] => only.value.cooked.as_ref().map(|text| text.as_str()),
                    _ => None,
                },
                _ => None,
            };
            if let Some(way) = name.and_then(|name| self.ways.get(name)) {
                let text = self.builder.str(way);
                *argument = self.builder.expression_string_literal(call.span, text, None).into();
            }
        }
        walk_mut::walk_call_expression(self, call);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_packages_are_resolved_early() {
        let source = "import.meta.resolve('a/b'); import.meta.resolve( `@c/d`); import.meta.resolve(x);
            import.meta.resolve(\"./e\"); import.meta.resolve('node:fs'); import.meta.resolve('/f')";
        assert_eq!(packages(source), ["a/b", "@c/d"]);
    }

    #[test]
    fn ways_are_relative_specifiers() {
        let of = |folder: &str, file: &str| way(Path::new(folder), Path::new(file));
        assert_eq!(of("/p/src/pages", "/p/node_modules/a/i.js"), "../../node_modules/a/i.js");
        assert_eq!(of("/p", "/p/node_modules/a/i.js"), "./node_modules/a/i.js");
        assert_eq!(of("/p/src", "/q/a b#.js"), "../../q/a b%23.js");
    }
}
