//! `astro.config.*` as one module that can be evaluated anywhere.
//!
//! The project's own files are bundled for real. Every package, installed or not, becomes a recorder
//! (`recorder.js`), except `astro/config` and `vite`, of which config files use the values. So every real config
//! loads with nothing installed, and no integration or adapter is ever run.
//!
//! The emitted module's default export is a JSON string; evaluating it and giving the JSON a meaning is up to the
//! runtime and the command line. It may read `globalThis.__transomConfig` and whatever globals the config uses.

use std::{
    borrow::Cow,
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use nodejs_built_in_modules::is_nodejs_builtin_module;
use rolldown::{BundleOutput, BundlerBuilder};
use rolldown_common::{
    ModuleInfo, ModuleType, NormalModule, Output, ResolvedExternal,
    bundler_options::{CodeSplittingMode, InputItem},
};
use rolldown_plugin::{
    HookLoadArgs, HookLoadOutput, HookLoadReturn, HookNoopReturn, HookResolveIdArgs,
    HookResolveIdOutput, HookResolveIdReturn, HookTransformAstArgs, HookTransformAstReturn,
    HookUsage, Plugin, PluginContext, PluginContextResolveOptions, SharedLoadPluginContext,
};

use crate::{
    error::BundleErrors,
    import_meta_env::{quote, replace},
    module_place,
    rolldown_options::rolldown_options,
    translate::{Translator, is_path},
    tsconfig::ProjectTsconfig,
    workers::Workers,
};

/// The names Astro looks for, in its order.
pub const CONFIG_FILES: [&str; 6] = [
    "astro.config.mjs",
    "astro.config.js",
    "astro.config.ts",
    "astro.config.mts",
    "astro.config.cjs",
    "astro.config.cts",
];

const ENTRY: &str = "\0transom:config-entry";
const RECORDED: &str = "\0transom:config-package:";
/// Modules of this folder, by the specifiers that they use among themselves and that configs use for them.
const BUILT_IN: [(&str, &str); 4] = [
    ("transom:config-recorder", include_str!("recorder.js")),
    ("transom:config-merge", include_str!("merge.js")),
    ("astro/config", include_str!("astro_config.js")),
    ("vite", include_str!("vite.js")),
];

/// A config file, ready to be evaluated.
#[derive(Debug, Clone)]
pub struct ConfigBundle {
    /// The config file.
    pub file: PathBuf,
    /// One ES module whose default export is the config as JSON text. It uses top-level await.
    pub code: String,
    /// Source map of `code`, for messages about a config that throws.
    pub map: Option<String>,
    /// Files whose change changes the config.
    pub files_read: Vec<PathBuf>,
    /// Packages that were replaced by recorders, sorted.
    pub recorded: Vec<String>,
}

/// The config file of a project, if it has one.
pub fn find_config(root: &Path) -> Option<PathBuf> {
    CONFIG_FILES.iter().map(|name| root.join(name)).find(|path| path.is_file())
}

/// Bundles `file`, the config of the project `root`. Imports that start with one of `externals` stay imports:
/// `node:` modules that the evaluating engine has, for example.
///
/// # Errors
/// Syntax errors, files that are not there, a config without a default export.
pub async fn bundle_config(
    root: &Path,
    file: &Path,
    externals: &[String],
) -> Result<ConfigBundle, BundleErrors> {
    let root = root.canonicalize().unwrap_or_else(|_| root.to_path_buf());
    let file = root.join(file);
    let tsconfig = ProjectTsconfig::load(&root).map_err(|error| BundleErrors(vec![error]))?;
    let mut options = rolldown_options(&root, tsconfig.transform_options());
    options.input =
        Some(vec![InputItem { name: Some("config".to_owned()), import: ENTRY.to_owned() }]);
    options.code_splitting = Some(CodeSplittingMode::Bool(false));
    let files_read = tsconfig.files_read.iter().cloned().collect();
    let plugin = Arc::new(ConfigPlugin {
        file: file.clone(),
        tsconfig,
        externals: externals.to_vec(),
        seen: Mutex::new(Seen { files_read, recorded: BTreeSet::new() }),
    });
    let shared: Arc<ConfigPlugin> = Arc::clone(&plugin);
    let bundling = async move {
        let built =
            BundlerBuilder::default().with_options(options).with_plugins(vec![shared]).build();
        let output = match built {
            Ok(mut bundler) => bundler.generate().await,
            Err(errors) => Err(errors),
        };
        let translator = Translator { root: &root };
        output.map_err(|errors| {
            BundleErrors(errors.iter().map(|error| translator.error(error).error).collect())
        })
    };
    let (code, map) = chunk(Workers::default().run(bundling).await?);
    let seen = std::mem::take(&mut *plugin.seen.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(ConfigBundle {
        file,
        code,
        map,
        files_read: seen.files_read.into_iter().collect(),
        recorded: seen.recorded.into_iter().collect(),
    })
}

fn chunk(output: BundleOutput) -> (String, Option<String>) {
    let mut code = String::new();
    let mut map = None;
    for output in output.assets {
        match output {
            Output::Chunk(chunk) => code.push_str(&chunk.code),
            Output::Asset(asset) => map = asset.source.clone().try_into_string().ok(),
        }
    }
    (code, map)
}

#[derive(Debug)]
struct ConfigPlugin {
    file: PathBuf,
    tsconfig: ProjectTsconfig,
    externals: Vec<String>,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    files_read: BTreeSet<PathBuf>,
    recorded: BTreeSet<String>,
}

impl Plugin for ConfigPlugin {
    fn name(&self) -> Cow<'static, str> {
        "transom-config".into()
    }

    fn register_hook_usage(&self) -> HookUsage {
        HookUsage::ResolveId | HookUsage::Load | HookUsage::TransformAst | HookUsage::ModuleParsed
    }

    async fn resolve_id(
        &self,
        ctx: &PluginContext,
        args: &HookResolveIdArgs<'_>,
    ) -> HookResolveIdReturn {
        let specifier = args.specifier;
        if specifier.starts_with('\0') || args.importer.is_none() {
            return Ok(Some(HookResolveIdOutput::from_id(specifier)));
        }
        if BUILT_IN.iter().any(|(name, _)| *name == specifier) {
            return Ok(Some(HookResolveIdOutput::from_id(format!("\0{specifier}"))));
        }
        if Path::new(specifier) == self.file || is_path(specifier) {
            return Ok(None);
        }
        let is_bare_builtin = !specifier.contains(':') && is_nodejs_builtin_module(specifier);
        let name = if is_bare_builtin { format!("node:{specifier}") } else { specifier.to_owned() };
        if self.externals.iter().any(|prefix| name.starts_with(prefix.as_str())) {
            let external = Some(ResolvedExternal::Bool(true));
            return Ok(Some(HookResolveIdOutput {
                external,
                ..HookResolveIdOutput::from_id(name.as_str())
            }));
        }
        if specifier.starts_with('#') {
            return Ok(None);
        }
        for target in self.tsconfig.alias(specifier) {
            let options =
                PluginContextResolveOptions { import_kind: args.kind, ..Default::default() };
            let found =
                ctx.resolve(&target.to_string_lossy(), args.importer, Some(options)).await?;
            if let Some(found) = found.ok().filter(|found| !found.id.contains("node_modules")) {
                return Ok(Some(HookResolveIdOutput::from_resolved_id(found)));
            }
        }
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).recorded.insert(name.clone());
        Ok(Some(HookResolveIdOutput::from_id(format!("{RECORDED}{name}"))))
    }

    async fn load(&self, _ctx: SharedLoadPluginContext, args: &HookLoadArgs<'_>) -> HookLoadReturn {
        let code = if args.id == ENTRY {
            let file = quote(&self.file.to_string_lossy());
            format!(
                "import config from {file};\nimport {{ toJson }} from \"transom:config-recorder\";\n\
                 export default await toJson(config);\n"
            )
        } else if let Some(package) = args.id.strip_prefix(RECORDED) {
            format!(
                "module.exports = require(\"transom:config-recorder\").record({});\n",
                quote(package)
            )
        } else if let Some((_, code)) =
            BUILT_IN.iter().find(|(name, _)| args.id.strip_prefix('\0') == Some(name))
        {
            (*code).to_owned()
        } else {
            return Ok(None);
        };
        Ok(Some(HookLoadOutput {
            code: code.into(),
            module_type: Some(ModuleType::Js),
            ..Default::default()
        }))
    }

    async fn transform_ast(
        &self,
        _ctx: &PluginContext,
        args: HookTransformAstArgs<'_>,
    ) -> HookTransformAstReturn {
        let path = Path::new(args.id);
        if !path.is_absolute() || !module_place::is_asked_for(args.ast.source()) {
            return Ok(args.ast);
        }
        // The module moves when it is bundled; configs find other files by their own place.
        let defines = module_place::of_file(path);
        Ok(replace(args.ast, &defines))
    }

    async fn module_parsed(
        &self,
        _ctx: &PluginContext,
        info: Arc<ModuleInfo>,
        _module: &NormalModule,
    ) -> HookNoopReturn {
        let path = Path::new(info.id.as_str());
        if path.is_absolute() {
            self.seen
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .files_read
                .insert(path.to_path_buf());
        }
        Ok(())
    }
}
