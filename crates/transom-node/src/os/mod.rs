//! Native half of `node:os` and of what `process` tells about the machine: the kernel's own texts, which `os.js` and
//! `process.js` read. Reference: <https://nodejs.org/docs/latest-v22.x/api/os.html>

use std::path::Path;

use transom_engine::{Op, OpError};

/// Specifier and source of the modules in this folder.
pub(crate) const MODULES: &[(&str, &str)] = &[
    ("node:os", include_str!("os.js")),
    ("transom:internal/node/os/constants", include_str!("constants.js")),
    ("transom:internal/node/os/network", include_str!("network.js")),
];

pub(crate) fn ops() -> Vec<Op> {
    vec![
        // The text of one of the kernel's files; empty where the system has none.
        Op::new("os_text", |name: String| match file_of(&name) {
            Some(path) => Ok(std::fs::read_to_string(path).unwrap_or_default()),
            None => Err(OpError::error(format!("there is no text `{name}` about the system"))),
        }),
        // Names of the network interfaces, and the hardware address of each.
        Op::new("os_interfaces", || interfaces(Path::new("/sys/class/net"))),
        Op::new("os_architecture", || std::env::consts::ARCH),
        Op::new("os_parallelism", || {
            let processors = std::thread::available_parallelism();
            processors.map_or(1, |count| u32::try_from(count.get()).unwrap_or(u32::MAX))
        }),
        // Whether the file descriptor is a terminal.
        Op::new("os_is_terminal", |descriptor: u32| match descriptor {
            0 => std::io::IsTerminal::is_terminal(&std::io::stdin()),
            1 => std::io::IsTerminal::is_terminal(&std::io::stdout()),
            2 => std::io::IsTerminal::is_terminal(&std::io::stderr()),
            _ => false,
        }),
    ]
}

/// Only these are read, so that no program reaches other files this way.
fn file_of(name: &str) -> Option<&'static str> {
    Some(match name {
        "cpuinfo" => "/proc/cpuinfo",
        "hostname" => "/proc/sys/kernel/hostname",
        "if_inet6" => "/proc/net/if_inet6",
        "fib_trie" => "/proc/net/fib_trie",
        "io" => "/proc/self/io",
        "loadavg" => "/proc/loadavg",
        "meminfo" => "/proc/meminfo",
        "passwd" => "/etc/passwd",
        "release" => "/proc/sys/kernel/osrelease",
        "route" => "/proc/net/route",
        "stat" => "/proc/stat",
        "statm" => "/proc/self/statm",
        "self_stat" => "/proc/self/stat",
        "status" => "/proc/self/status",
        "thread_stat" => "/proc/thread-self/stat",
        "uptime" => "/proc/uptime",
        "version" => "/proc/sys/kernel/version",
        _ => return None,
    })
}

/// Pairs of name and hardware address, sorted by the number of the interface.
fn interfaces(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<(u32, String, String)> = entries
        .flatten()
        .map(|entry| {
            let read = |file| std::fs::read_to_string(entry.path().join(file)).unwrap_or_default();
            let number = read("ifindex").trim().parse().unwrap_or(u32::MAX);
            let name = entry.file_name().to_string_lossy().into_owned();
            (number, name, read("address").trim().to_owned())
        })
        .collect();
    found.sort();
    found.into_iter().flat_map(|(_, name, address)| [name, address]).collect()
}
