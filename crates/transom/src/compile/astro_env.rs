//! The modules of `astro:*` that a build gets, those of `astro:env` with the values of this build.
//!
//! A project is only told that its variables do not meet `env.schema` when one of its files imports
//! them, as in Astro. The modules then throw that message; a build looks for it in what was bundled.

use transom_app::env::{
    CLIENT_MODULE, EnvInvalidVariables, SERVER_MODULE, Secrets, module_source, public_values,
};
use transom_bundler::{Bundle, Variables, VirtualModule};
use transom_diag::Diagnostic;
use transom_manifest::ProjectConfig;

/// The built-in modules of one build.
#[derive(Debug)]
pub(super) struct BuiltIn {
    pub(super) modules: Vec<VirtualModule>,
    /// What is wrong with the variables, and the text by which a bundle that uses them is known.
    invalid: Option<(EnvInvalidVariables, String)>,
}

impl BuiltIn {
    pub(super) fn new(config: &ProjectConfig, variables: &Variables) -> Self {
        let schema = &config.env_schema;
        let secrets = if config.validate_secrets { Secrets::Validate } else { Secrets::Ignore };
        let lookup = |name: &str| {
            let found = variables.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.clone())
        };
        let (public, invalid) = match public_values(schema, secrets, lookup) {
            Ok(public) => (public, None),
            Err(error) => {
                let text = serde_json::Value::from(error.to_string()).to_string();
                (Vec::new(), Some((error, text)))
            }
        };
        let constant = transom_app::VIRTUAL_MODULES.iter();
        let mut modules: Vec<VirtualModule> =
            constant.map(|(specifier, source)| VirtualModule::new(*specifier, *source)).collect();
        for specifier in [CLIENT_MODULE, SERVER_MODULE] {
            let mut source = module_source(specifier, schema, &public);
            if let Some((_, text)) = &invalid {
                source.push_str(&format!(
                    "throw Object.assign(new Error({text}), {{ name: \"EnvInvalidVariables\" }});\n"
                ));
            }
            modules.push(VirtualModule::new(specifier, source));
        }
        Self { modules, invalid }
    }

    /// The fault of a bundle that uses variables which do not meet the schema.
    pub(super) fn fault(&self, bundle: &Bundle) -> Option<Diagnostic> {
        let (error, text) = self.invalid.as_ref()?;
        bundle.chunks.iter().find(|chunk| chunk.code.contains(text.as_str()))?;
        let message = format!("EnvInvalidVariables: {}", error.to_string().trim_end());
        let diagnostic = Diagnostic::error("env/invalid-variables", message);
        Some(
            diagnostic
                .hint("set them in the environment or in a `.env` file, or change `env.schema`"),
        )
    }
}
