//! The routes of a project as the manifest lists them, before anything is bundled.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;
use transom_diag::{Diagnose, Diagnostic, Place};
use transom_manifest::{Output, ProjectConfig, Redirect, Route, RouteKind, TrailingSlash};
use transom_router::{RouteTable, discover};

use super::sources::{Source, Sources};
use crate::settings::RouteForm;

/// Where the middleware may be; the first that exists is used.
const MIDDLEWARE_FILES: [&str; 4] = [
    "src/middleware.ts",
    "src/middleware.js",
    "src/middleware/index.ts",
    "src/middleware/index.js",
];

/// What a project answers.
#[derive(Debug, Default)]
pub(crate) struct Routes {
    /// Endpoints in matching order; `module` and `exports` are still empty.
    pub(crate) endpoints: Vec<Route>,
    /// Project-relative file with `onRequest`.
    pub(crate) middleware: Option<&'static str>,
    /// What works, though probably not as its author means.
    pub(crate) warnings: Vec<Diagnostic>,
    /// What cannot be used; the routes that are right are in `endpoints` nevertheless.
    pub(crate) errors: Vec<Diagnostic>,
}

/// Finds the routes of the project in `root`. Blocks on the disk.
pub(crate) fn find(root: &Path, config: &ProjectConfig, sources: &Sources) -> Routes {
    let mut routes = Routes::default();
    let mut all = Vec::new();
    let mut functions = HashSet::new();
    for source in &sources.list {
        let found = discover(root, &source.folder);
        routes.errors.extend(found.errors.iter().map(Diagnose::diagnostic));
        if source.form == RouteForm::Pages {
            routes.warnings.extend(found.warnings);
            let pages = found.routes.iter().filter(|route| is_page(route));
            routes.warnings.extend(pages.map(page_warning));
        }
        for route in found.routes {
            if source.form == RouteForm::Functions {
                functions.insert(route.file().to_owned());
            }
            match placed(source, route) {
                Some(Ok(route)) => all.push(route),
                Some(Err(error)) => routes.errors.push(error.diagnostic()),
                None => {}
            }
        }
    }
    for redirect in &config.redirects {
        match redirect_route(redirect) {
            Ok(route) => all.push(route),
            Err(error) => routes.errors.push(error.diagnostic()),
        }
    }
    let table = RouteTable::new(all, trailing_slash(config));
    routes.warnings.extend(table.collisions());
    let is_endpoint =
        |route: &&transom_router::Route| *route.kind() == transom_router::RouteKind::Endpoint;
    for route in table.routes().filter(is_endpoint) {
        if functions.contains(route.file()) {
            routes.endpoints.push(Route { kind: RouteKind::Function, ..endpoint(route) });
            continue;
        }
        let text = fs::read_to_string(root.join(route.file())).unwrap_or_default();
        let prerender = says_prerender(&text).unwrap_or(config.output == Output::Static);
        if !prerender && text.contains("getStaticPaths") {
            routes.warnings.push(ignored_paths_warning(route));
        }
        routes.endpoints.push(Route { prerender, ..endpoint(route) });
    }
    routes.middleware = middleware_file(root);
    routes
}

/// The file with `onRequest`, relative to the project.
pub(crate) fn middleware_file(root: &Path) -> Option<&'static str> {
    MIDDLEWARE_FILES.into_iter().find(|file| root.join(file).is_file())
}

/// The route as it answers in its form: below the mount, or not at all.
fn placed(
    source: &Source,
    route: transom_router::Route,
) -> Option<Result<transom_router::Route, transom_router::RouteError>> {
    let name = match source.form {
        RouteForm::Pages if source.mount.is_empty() => return Some(Ok(route)),
        RouteForm::Pages => route.name(),
        RouteForm::Endpoints if route.file().ends_with(".d.ts") || is_page(&route) => return None,
        RouteForm::Endpoints => route.name(),
        RouteForm::Functions => {
            let file = route.file();
            let folder = file.strip_suffix("/api.ts").or(file.strip_suffix("/api.js"))?;
            folder.strip_prefix(&source.folder).filter(|name| !name.is_empty())?
        }
    };
    let name = format!("{}{name}", source.mount);
    Some(transom_router::Route::from_name(&name, route.file(), route.kind().clone()))
}

fn is_page(route: &transom_router::Route) -> bool {
    *route.kind() == transom_router::RouteKind::Page
}

/// One line, however many pages there are.
fn page_warning(route: &transom_router::Route) -> Diagnostic {
    let message = format!(
        "the page `{}` is not served: transom serves endpoints, files that end in `.ts` or `.js`",
        route.file()
    );
    Diagnostic::warning("route/page", message)
}

fn redirect_route(
    redirect: &Redirect,
) -> Result<transom_router::Route, transom_router::RouteError> {
    let Redirect { from, destination, status } = redirect;
    let to = transom_router::Redirect { destination: destination.clone(), status: *status };
    transom_router::Route::from_redirect(from, to)
}

fn trailing_slash(config: &ProjectConfig) -> transom_router::TrailingSlash {
    match config.trailing_slash {
        TrailingSlash::Always => transom_router::TrailingSlash::Always,
        TrailingSlash::Never => transom_router::TrailingSlash::Never,
        TrailingSlash::Ignore => transom_router::TrailingSlash::Ignore,
    }
}

fn ignored_paths_warning(route: &transom_router::Route) -> Diagnostic {
    let message = format!("getStaticPaths() ignored in dynamic page /{}", route.file());
    Diagnostic::warning("route/ignored-paths", message)
        .label(route.file(), Place::File, "")
        .hint("add `export const prerender = true;` to have its answers written during the build")
}

fn endpoint(route: &transom_router::Route) -> Route {
    // Only the root's `404` and `500` are special (spec section 2.4).
    let is_error_page = matches!(route.name(), "/404" | "/500");
    Route {
        route: route.name().to_owned(),
        file: route.file().to_owned(),
        kind: if is_error_page { RouteKind::ErrorPage } else { RouteKind::Endpoint },
        ..Route::default()
    }
}

/// What `export const prerender` says, which must be literal and begin a line (spec section 9). The first one counts.
fn says_prerender(text: &str) -> Option<bool> {
    static PATTERN: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = r"(?m)^[\s\u{FEFF}]*export\s+const\s+prerender\s*=\s*(true|false);?";
        Regex::new(pattern).expect("the pattern is valid")
    });
    PATTERN.captures(text).map(|found| &found[1] == "true")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (file, text) in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().expect("in a folder")).expect("writable");
            fs::write(path, text).expect("writable");
        }
        folder
    }

    fn sources(root: &Path) -> Sources {
        Sources::find(root, &crate::settings::RoutesLayer::default())
    }

    #[test]
    fn the_forms_of_wix_projects_are_endpoints() {
        let package = r#"{"dependencies":{"@wix/custom-extensions":"1","@wix/cli-app":"1"}}"#;
        let project = project(&[
            ("package.json", package),
            ("src/pages/api/old.ts", ""),
            ("src/endpoints/index.ts", ""),
            ("src/endpoints/items/[id].ts", ""),
            ("src/endpoints/types.d.ts", ""),
            ("src/backend/api/hello/api.ts", ""),
            ("src/backend/api/hello/helper.ts", ""),
            ("src/backend/api/api.ts", ""),
        ]);
        let routes = find(project.path(), &ProjectConfig::default(), &sources(project.path()));
        let mut seen: Vec<_> = routes.endpoints.iter().map(|r| (&*r.route, r.kind)).collect();
        seen.sort_unstable_by_key(|(route, _)| *route);
        let expected = [
            ("/", RouteKind::Endpoint),
            ("/api/old", RouteKind::Endpoint),
            ("/functions/hello", RouteKind::Function),
            ("/items/[id]", RouteKind::Endpoint),
        ];
        assert_eq!(seen, expected);
        assert!(routes.errors.is_empty(), "{:?}", routes.errors);
    }

    #[test]
    fn endpoints_come_in_matching_order() {
        let project = project(&[
            ("src/pages/[...all].ts", ""),
            ("src/pages/api/[id].ts", ""),
            ("src/pages/api/new.ts", "export const prerender = true;"),
            ("src/pages/404.ts", ""),
            ("src/pages/about.astro", ""),
            ("src/middleware/index.js", ""),
        ]);
        let config = ProjectConfig {
            redirects: vec![Redirect {
                from: "/old".into(),
                destination: "/api/new".into(),
                status: None,
            }],
            ..ProjectConfig::default()
        };
        let routes = find(project.path(), &config, &sources(project.path()));
        let seen: Vec<_> = routes.endpoints.iter().map(|r| (r.route.as_str(), r.kind)).collect();
        let expected = [
            ("/404", RouteKind::ErrorPage),
            ("/api/new", RouteKind::Endpoint),
            ("/api/[id]", RouteKind::Endpoint),
            ("/[...all]", RouteKind::Endpoint),
        ];
        assert_eq!(seen, expected);
        assert_eq!(routes.middleware, Some("src/middleware/index.js"));
        assert!(routes.errors.is_empty(), "{:?}", routes.errors);
        let codes: Vec<_> = routes.warnings.iter().map(|warning| warning.code).collect();
        assert_eq!(codes, ["route/page"]);
        assert!(routes.endpoints[1].prerender);
    }

    #[test]
    fn faults_do_not_hide_the_rest() {
        let project = project(&[("src/pages/[a][b].ts", ""), ("src/pages/ok.ts", "")]);
        let routes = find(project.path(), &ProjectConfig::default(), &sources(project.path()));
        assert_eq!(routes.errors[0].code, "route/adjacent-params");
        assert_eq!(routes.endpoints[0].route, "/ok");
        let nowhere = Path::new("/nonexistent");
        let empty = find(nowhere, &ProjectConfig::default(), &sources(nowhere));
        assert_eq!(empty.errors[0].code, "route/missing-pages");
    }

    #[test]
    fn prerender_must_be_literal() {
        let check = |text: &str, expected: Option<bool>| {
            assert_eq!(says_prerender(text), expected, "{text}");
        };
        check("export const prerender = true", Some(true));
        check("import 'x';\n  export  const\n prerender=true;", Some(true));
        check("export const prerender = false;\nexport const prerender = true;", Some(false));
        check("export const prerender = isTrue();", None);
        check("// export const prerender = true", None);
        check("export let prerender = true", None);
    }

    #[test]
    fn static_output_prerenders_what_does_not_refuse() {
        let project = project(&[
            ("src/pages/a.ts", ""),
            ("src/pages/b.ts", "export const prerender = false;"),
            ("src/pages/c/[id].ts", "export const prerender = false; const getStaticPaths = 1;"),
        ]);
        let config = ProjectConfig { output: Output::Static, ..ProjectConfig::default() };
        let routes = find(project.path(), &config, &sources(project.path()));
        let seen: Vec<_> = routes.endpoints.iter().map(|r| (&*r.route, r.prerender)).collect();
        assert_eq!(seen, [("/a", true), ("/b", false), ("/c/[id]", false)]);
        assert_eq!(routes.warnings[0].code, "route/ignored-paths");
    }
}
