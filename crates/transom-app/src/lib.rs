//! The endpoint contract: what a handler is called with, what its answer means, and Astro's modules.
//!
//! Nearly all of it is JavaScript that runs in the realm of a build, in `endpoint/`; `dispatch.js` there is the
//! entry, and `docs/architecture.md` shows the way of a request; `identity/` knows who is calling, and `data/` has the
//! functions of the data service. This file only lists the modules. The behaviour is that of `astro-endpoints.md`,
//! sections 2 to 6, and of `wix-http-endpoints.md`, sections 4 to 6 and 10.
//!
//! Invariants: nothing here knows a server or a file; the built-in modules import each other by
//! `transom:internal/...` and are evaluated before any code of a project.

pub mod env;

/// The modules of the dispatcher: specifier and source. They import those of `transom-web`.
pub const MODULES: &[(&str, &str)] = &[
    ("transom:internal/app/actions", include_str!("endpoint/actions.js")),
    ("transom:internal/app/application", include_str!("endpoint/application.js")),
    ("transom:internal/app/built_in_routes", include_str!("endpoint/built_in_routes.js")),
    ("transom:internal/app/cache", include_str!("endpoint/cache.js")),
    ("transom:internal/app/connection", include_str!("endpoint/connection.js")),
    ("transom:internal/app/context", include_str!("endpoint/context.js")),
    ("transom:internal/app/cookie_text", include_str!("endpoint/cookie_text.js")),
    ("transom:internal/app/cookies", include_str!("endpoint/cookies.js")),
    ("transom:internal/app/current_request", include_str!("endpoint/current_request.js")),
    ("transom:internal/app/data/arguments", include_str!("data/arguments.js")),
    ("transom:internal/app/data/bulk", include_str!("data/bulk.js")),
    ("transom:internal/app/data/collections", include_str!("data/collections.js")),
    ("transom:internal/app/data/data", include_str!("data/data.js")),
    ("transom:internal/app/data/drafts", include_str!("data/drafts.js")),
    ("transom:internal/app/data/errors", include_str!("data/errors.js")),
    ("transom:internal/app/data/filter", include_str!("data/filter.js")),
    ("transom:internal/app/data/items", include_str!("data/items.js")),
    ("transom:internal/app/data/jobs", include_str!("data/jobs.js")),
    ("transom:internal/app/data/options", include_str!("data/options.js")),
    ("transom:internal/app/data/patch", include_str!("data/patch.js")),
    ("transom:internal/app/data/pipeline", include_str!("data/pipeline.js")),
    ("transom:internal/app/data/query", include_str!("data/query.js")),
    ("transom:internal/app/data/references", include_str!("data/references.js")),
    ("transom:internal/app/data/requests", include_str!("data/requests.js")),
    ("transom:internal/app/data/result", include_str!("data/result.js")),
    ("transom:internal/app/data/select", include_str!("data/select.js")),
    ("transom:internal/app/data/service", include_str!("data/service.js")),
    ("transom:internal/app/data/values", include_str!("data/values.js")),
    ("transom:internal/app/dispatch", include_str!("endpoint/dispatch.js")),
    ("transom:internal/app/endpoint", include_str!("endpoint/endpoint.js")),
    ("transom:internal/app/env", include_str!("endpoint/env.js")),
    ("transom:internal/app/error_pages", include_str!("endpoint/error_pages.js")),
    ("transom:internal/app/errors", include_str!("endpoint/errors.js")),
    ("transom:internal/app/forwarded", include_str!("endpoint/forwarded.js")),
    ("transom:internal/app/handler_kind", include_str!("endpoint/handler_kind.js")),
    ("transom:internal/app/identity/access", include_str!("identity/access.js")),
    ("transom:internal/app/identity/active_token", include_str!("identity/active_token.js")),
    ("transom:internal/app/identity/api_hosts", include_str!("identity/api_hosts.js")),
    ("transom:internal/app/identity/caller", include_str!("identity/caller.js")),
    ("transom:internal/app/identity/client", include_str!("identity/client.js")),
    ("transom:internal/app/identity/currency", include_str!("identity/currency.js")),
    ("transom:internal/app/identity/error_handler", include_str!("identity/error_handler.js")),
    ("transom:internal/app/identity/host", include_str!("identity/host.js")),
    ("transom:internal/app/identity/host_modules", include_str!("identity/host_modules.js")),
    ("transom:internal/app/identity/http_client", include_str!("identity/http_client.js")),
    ("transom:internal/app/identity/own_origins", include_str!("identity/own_origins.js")),
    ("transom:internal/app/identity/platform_apps", include_str!("identity/platform_apps.js")),
    ("transom:internal/app/identity/sdk", include_str!("identity/sdk.js")),
    ("transom:internal/app/identity/sdk_context", include_str!("identity/sdk_context.js")),
    ("transom:internal/app/identity/token_origins", include_str!("identity/token_origins.js")),
    ("transom:internal/app/identity/translation", include_str!("identity/translation.js")),
    ("transom:internal/app/identity/wix_service", include_str!("identity/wix_service.js")),
    ("transom:internal/app/locales", include_str!("endpoint/locales.js")),
    ("transom:internal/app/middleware", include_str!("endpoint/middleware.js")),
    ("transom:internal/app/origin_check", include_str!("endpoint/origin_check.js")),
    ("transom:internal/app/pathname", include_str!("endpoint/pathname.js")),
    ("transom:internal/app/pipeline", include_str!("endpoint/pipeline.js")),
    ("transom:internal/app/prerender", include_str!("endpoint/prerender.js")),
    ("transom:internal/app/problem", include_str!("endpoint/problem.js")),
    ("transom:internal/app/raw_headers", include_str!("endpoint/raw_headers.js")),
    ("transom:internal/app/redirect_page", include_str!("endpoint/redirect_page.js")),
    ("transom:internal/app/request_state", include_str!("endpoint/request_state.js")),
    ("transom:internal/app/respond", include_str!("endpoint/respond.js")),
    ("transom:internal/app/rewrite", include_str!("endpoint/rewrite.js")),
    ("transom:internal/app/session", include_str!("endpoint/session.js")),
    ("transom:internal/app/session_text", include_str!("endpoint/session_text.js")),
    ("transom:internal/app/short_way", include_str!("endpoint/short_way.js")),
    ("transom:internal/app/static_paths", include_str!("endpoint/static_paths.js")),
    ("transom:internal/app/unsupported", include_str!("endpoint/unsupported.js")),
];

/// Modules that a project imports and that are the same in every build: specifier and source. They are bundled into
/// the project's chunks, in which imports of `transom:internal/` stay. `astro:env/client` and `astro:env/server`
/// depend on the schema: see [`mod@env`].
pub const VIRTUAL_MODULES: &[(&str, &str)] = &[
    ("astro:actions", include_str!("astro/actions.js")),
    ("astro:assets", include_str!("astro/assets.js")),
    ("astro:content", include_str!("astro/content.js")),
    ("astro:i18n", include_str!("astro/i18n.js")),
    ("astro:middleware", include_str!("astro/middleware.js")),
    ("@wix/data", include_str!("wix/data.js")),
    ("@wix/essentials", include_str!("wix/essentials.js")),
    ("@wix/essentials/mock", include_str!("wix/essentials_mock.js")),
    ("transom:access", include_str!("transom/access.js")),
];

/// Declarations for editors and `tsc`, for projects without the packages: file name and text.
pub const TYPES: &[(&str, &str)] = &[
    ("astro.d.ts", include_str!("astro/types/astro.d.ts")),
    ("astro-config.d.ts", include_str!("astro/types/astro-config.d.ts")),
    ("astro-modules.d.ts", include_str!("astro/types/astro-modules.d.ts")),
    ("import-meta.d.ts", include_str!("astro/types/import-meta.d.ts")),
    ("transom-access.d.ts", include_str!("transom/types/transom-access.d.ts")),
    ("wix-data.d.ts", include_str!("wix/types/wix-data.d.ts")),
    ("wix-essentials.d.ts", include_str!("wix/types/wix-essentials.d.ts")),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// A file that is not listed would be missing in the binary only when it is first imported.
    #[test]
    fn every_script_is_listed() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/");
        let is_module = |wanted: &str| MODULES.iter().any(|(specifier, _)| *specifier == wanted);
        let listed = |folder: &str, name: &str| match folder {
            "endpoint" => is_module(&format!("transom:internal/app/{name}")),
            "data" | "identity" => is_module(&format!("transom:internal/app/{folder}/{name}")),
            "transom" => {
                VIRTUAL_MODULES.iter().any(|(specifier, _)| *specifier == format!("transom:{name}"))
            }
            "wix" => {
                let path = name.replace('_', "/");
                VIRTUAL_MODULES.iter().any(|(specifier, _)| *specifier == format!("@wix/{path}"))
            }
            _ => VIRTUAL_MODULES.iter().any(|(specifier, _)| *specifier == format!("astro:{name}")),
        };
        for scripts in ["data", "endpoint", "identity", "astro", "transom", "wix"] {
            for entry in std::fs::read_dir(format!("{folder}{scripts}")).expect("the folder exists")
            {
                let name = entry
                    .expect("a readable folder")
                    .file_name()
                    .into_string()
                    .expect("an ASCII name");
                let Some(stem) = name.strip_suffix(".js").filter(|stem| !stem.ends_with(".test"))
                else {
                    continue;
                };
                assert!(listed(scripts, stem), "{scripts}/{name} is not listed");
            }
        }
    }

    #[test]
    fn imports_lead_to_modules_that_exist() {
        for (specifier, source) in MODULES.iter().chain(VIRTUAL_MODULES) {
            for line in source.lines().filter(|line| line.contains("from \"transom:internal/app/"))
            {
                let target = line.split('"').nth(1).expect("a quoted specifier");
                assert!(
                    MODULES.iter().any(|(name, _)| *name == target),
                    "{specifier} imports {target}"
                );
            }
        }
    }
}
