//! The variables that the integration `@wix/astro` would add to `env.schema`.
//! Spec: `wix-http-endpoints.md` section 3.4.
//!
//! There they are required and come from a Wix account. Here they are optional, and the two ids have
//! local values, so that a project starts without an account. The key and the secret have none: a
//! value that everybody knows must not be mistaken for a secret.

use transom_manifest::{EnvAccess, EnvContext, EnvField, EnvKind};

/// The integration.
pub(super) const PACKAGE: &str = "@wix/astro";

/// Application id of a project without a Wix account.
const LOCAL_CLIENT_ID: &str = "00000000-0000-4000-8000-000000000001";
/// Instance id of a project without a Wix account.
const LOCAL_INSTANCE_ID: &str = "00000000-0000-4000-8000-000000000002";

/// Adds the variables that the project's own schema does not have.
pub(super) fn add_variables(schema: &mut Vec<EnvField>) {
    let (client, server) = (EnvContext::Client, EnvContext::Server);
    let (public, secret) = (EnvAccess::Public, EnvAccess::Secret);
    let variables = [
        ("WIX_CLIENT_ID", client, public, Some(LOCAL_CLIENT_ID)),
        ("WIX_CLIENT_INSTANCE_ID", server, secret, Some(LOCAL_INSTANCE_ID)),
        ("WIX_CLIENT_PUBLIC_KEY", server, secret, None),
        ("WIX_CLIENT_SECRET", server, secret, None),
    ];
    for (name, context, access, default) in variables {
        if schema.iter().all(|field| field.name != name) {
            let kind = text(default);
            schema.push(EnvField { name: name.to_owned(), context, access, optional: true, kind });
        }
    }
}

fn text(default: Option<&str>) -> EnvKind {
    EnvKind::String {
        max: None,
        min: None,
        length: None,
        url: None,
        includes: None,
        starts_with: None,
        ends_with: None,
        default: default.map(str::to_owned),
    }
}
