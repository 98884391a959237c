//! Which folders hold endpoints, and why: Astro's, those of the generations of the Wix CLI, or the one that
//! `transom.toml` names. Spec: `wix-http-endpoints.md` section 0.
//!
//! A folder such as `src/api` holds client code in many projects. It counts only where package.json lists the package
//! that makes endpoints of it, so that nothing becomes public by accident.

use std::fs;
use std::path::Path;

use serde_json::Value;
use transom_manifest::ProjectConfig;

use crate::settings::{RouteForm, RoutesLayer};

/// The folder of an Astro project.
const PAGES_FOLDER: &str = "src/pages";
/// Makes endpoints of `src/endpoints` or `src/api`.
const EXTENSIONS_PACKAGE: &str = "@wix/custom-extensions";
const EXTENSIONS_FOLDERS: [&str; 2] = ["src/endpoints", "src/api"];
/// Makes functions of `src/backend/api/NAME/api.ts`.
const FUNCTIONS_PACKAGE: &str = "@wix/cli-app";
const FUNCTIONS_FOLDER: &str = "src/backend/api";
/// Where those functions answer.
const FUNCTIONS_MOUNT: &str = "/functions";

/// One folder with endpoints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    /// Relative to the project.
    pub(crate) folder: String,
    /// The path that it stands for, without a slash at its end.
    pub(crate) mount: String,
    pub(crate) form: RouteForm,
    /// Why it counts, as a sentence goes on after `because`.
    reason: String,
}

/// All folders with endpoints of a project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sources {
    pub(crate) list: Vec<Source>,
    /// Folders that look like endpoints and are left alone, each with the reason.
    passed_over: Vec<String>,
}

impl Sources {
    /// Looks at the project in `root`. Blocks on the disk.
    pub(crate) fn find(root: &Path, settings: &RoutesLayer) -> Self {
        let mount = settings.mount.clone().unwrap_or_default();
        let form = settings.form.unwrap_or(RouteForm::Pages);
        if let Some(folder) = &settings.dir {
            let reason = "`routes.dir` in transom.toml names it".to_owned();
            let source = Source { folder: folder.clone(), mount, form, reason };
            return Self { list: vec![source], passed_over: Vec::new() };
        }
        let packages = Packages::read(root);
        let exists = |folder: &str| root.join(folder).is_dir();
        let mut found = Self::default();
        let extensions: Vec<&str> =
            EXTENSIONS_FOLDERS.into_iter().filter(|folder| exists(folder)).collect();
        if packages.lists(EXTENSIONS_PACKAGE) {
            if let Some(folder) = extensions.first() {
                found.add(folder, "", RouteForm::Endpoints, EXTENSIONS_PACKAGE);
            }
            for folder in extensions.iter().skip(1) {
                found.passed_over.push(format!("`{folder}`: `{}` is there", extensions[0]));
            }
        } else {
            extensions.iter().for_each(|folder| found.pass_over(folder, EXTENSIONS_PACKAGE));
        }
        if exists(FUNCTIONS_FOLDER) {
            if packages.lists(FUNCTIONS_PACKAGE) {
                let form = RouteForm::Functions;
                found.add(FUNCTIONS_FOLDER, FUNCTIONS_MOUNT, form, FUNCTIONS_PACKAGE);
            } else {
                found.pass_over(FUNCTIONS_FOLDER, FUNCTIONS_PACKAGE);
            }
        }
        if exists(PAGES_FOLDER) || found.list.is_empty() {
            let reason = "it is the folder of Astro's endpoints".to_owned();
            let source = Source { folder: PAGES_FOLDER.to_owned(), mount, form, reason };
            found.list.insert(0, source);
        }
        found
    }

    fn add(&mut self, folder: &str, mount: &str, form: RouteForm, package: &str) {
        let reason = format!("package.json lists `{package}`");
        let (folder, mount) = (folder.to_owned(), mount.to_owned());
        self.list.push(Source { folder, mount, form, reason });
    }

    fn pass_over(&mut self, folder: &str, package: &str) {
        self.passed_over.push(format!(
            "`{folder}`: package.json does not list `{package}`; `routes.dir` in transom.toml can name the folder"
        ));
    }

    /// One line for each folder, for people.
    pub(crate) fn describe(&self) -> Vec<String> {
        let line = |source: &Source| {
            let form = match source.form {
                RouteForm::Pages => "endpoints",
                RouteForm::Endpoints => "endpoints without `.d.ts` files",
                RouteForm::Functions => "functions, called with the `Request`",
            };
            let mount = if source.mount.is_empty() { "/" } else { &source.mount };
            format!("`{}` at `{mount}`: {form}, because {}", source.folder, source.reason)
        };
        let passed = self.passed_over.iter().map(|line| format!("not served: {line}"));
        self.list.iter().map(line).chain(passed).collect()
    }

    /// Variables of `import.meta.env` from which clients of the Wix forms make addresses.
    pub(crate) fn variables(&self, config: &ProjectConfig) -> [(&'static str, String); 2] {
        let base = config.base.trim_matches('/');
        let base = if base.is_empty() { String::new() } else { format!("/{base}") };
        let mount_of = |form: RouteForm, default: &str| {
            let source = self.list.iter().find(|source| source.form == form);
            source.map_or(default.to_owned(), |source| source.mount.clone())
        };
        let endpoints = mount_of(RouteForm::Endpoints, "");
        let functions = mount_of(RouteForm::Functions, FUNCTIONS_MOUNT);
        let site = config.site.as_deref().and_then(|site| ada_url::Url::parse(site, None).ok());
        let origin = site.map(|site| site.origin().to_string()).unwrap_or_default();
        [
            ("WIX_SERVER_BASE_PATH", format!("{base}{endpoints}/")),
            ("BASE_API_URL", format!("{origin}{base}{functions}")),
        ]
    }
}

/// The packages that package.json lists.
struct Packages(Value);

impl Packages {
    /// A file that is missing or broken lists nothing.
    fn read(root: &Path) -> Self {
        let text = fs::read_to_string(root.join("package.json")).unwrap_or_default();
        Self(serde_json::from_str(&text).unwrap_or_default())
    }

    fn lists(&self, package: &str) -> bool {
        ["dependencies", "devDependencies"]
            .into_iter()
            .any(|field| self.0.get(field).and_then(|list| list.get(package)).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each row: a package, folders, settings, and the lines that are shown.
    #[track_caller]
    fn check(package: &str, folders: &[&str], settings: &RoutesLayer, expected: &[&str]) {
        let project = tempfile::tempdir().expect("a temporary folder");
        for folder in folders {
            fs::create_dir_all(project.path().join(folder)).expect("writable");
        }
        let text = format!(r#"{{ "devDependencies": {{ "{package}": "^1.0.0" }} }}"#);
        fs::write(project.path().join("package.json"), text).expect("writable");
        assert_eq!(Sources::find(project.path(), settings).describe(), expected);
    }

    #[test]
    fn client_code_never_becomes_public() {
        let none = RoutesLayer::default();
        let pages = "`src/pages` at `/`: endpoints, because it is the folder of Astro's endpoints";
        check("vue", &["src/pages"], &none, &[pages]);
        check("vue", &[], &none, &[pages]);
        let hint = "`routes.dir` in transom.toml can name the folder";
        check(
            "vue",
            &["src/api", "src/backend/api"],
            &none,
            &[
                pages,
                &format!(
                    "not served: `src/api`: package.json does not list `@wix/custom-extensions`; {hint}"
                ),
                &format!(
                    "not served: `src/backend/api`: package.json does not list `@wix/cli-app`; {hint}"
                ),
            ],
        );
    }

    #[test]
    fn wix_projects_are_recognised_by_their_packages() {
        let none = RoutesLayer::default();
        check(
            "@wix/custom-extensions",
            &["src/api", "src/endpoints"],
            &none,
            &[
                "`src/endpoints` at `/`: endpoints without `.d.ts` files, because package.json lists `@wix/custom-extensions`",
                "not served: `src/api`: `src/endpoints` is there",
            ],
        );
        check(
            "@wix/cli-app",
            &["src/backend/api"],
            &none,
            &[
                "`src/backend/api` at `/functions`: functions, called with the `Request`, because package.json lists `@wix/cli-app`",
            ],
        );
    }

    #[test]
    fn a_setting_is_stronger_than_what_is_found() {
        let settings = RoutesLayer {
            dir: Some("src/api".into()),
            mount: Some("/v1".into()),
            form: Some(RouteForm::Endpoints),
        };
        check(
            "vue",
            &["src/api", "src/pages"],
            &settings,
            &[
                "`src/api` at `/v1`: endpoints without `.d.ts` files, because `routes.dir` in transom.toml names it",
            ],
        );
    }
}
