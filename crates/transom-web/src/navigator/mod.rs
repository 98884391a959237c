//! Native half of `navigator`; the class is in `navigator.js`.

use transom_engine::Op;

/// The JavaScript modules of this folder.
pub(crate) const MODULES: &[(&str, &str)] =
    &[("transom:internal/navigator/navigator", include_str!("navigator.js"))];

/// What outgoing requests and `navigator.userAgent` say.
pub(crate) const USER_AGENT: &str = concat!("transom/", env!("CARGO_PKG_VERSION"));

/// As browsers write it.
const PLATFORM: &str = if cfg!(target_arch = "aarch64") { "Linux aarch64" } else { "Linux x86_64" };

pub(crate) fn ops() -> Vec<Op> {
    vec![Op::new("navigator_info", || {
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        (USER_AGENT, u32::try_from(processors).unwrap_or(u32::MAX), PLATFORM)
    })]
}
