//! An nginx of one test: in a temporary folder, on a free port, ended with the value.

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use tempfile::TempDir;

use crate::PATIENCE;
use crate::process::Process;

/// A running nginx.
#[derive(Debug)]
pub struct Nginx {
    _process: Process,
    _folder: TempDir,
    address: SocketAddr,
}

impl Nginx {
    /// Starts nginx with the configuration file `template`, in which it listens on a free port, and these servers take
    /// the place of the ones that it names. Files that nginx writes go to the temporary folder.
    ///
    /// # Panics
    /// When nginx is not installed, does not start, or the template names fewer servers.
    #[must_use]
    pub fn start(template: &Path, servers: &[SocketAddr]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let address = free_address();
        let text = fs::read_to_string(template).expect("the template can be read");
        let config = folder.path().join("nginx.conf");
        fs::write(&config, configure(&text, address, servers, folder.path())).expect("writable");
        let mut command = Command::new(program());
        command.arg("-p").arg(folder.path()).arg("-e").arg("stderr").arg("-c").arg(&config);
        // Itself and not its workers, so that nothing is left when it is killed.
        command.args(["-g", "daemon off; master_process off;"]);
        let process = Process::start(&mut command);
        let deadline = Instant::now() + PATIENCE;
        while TcpStream::connect(address).is_err() {
            assert!(Instant::now() < deadline, "nginx does not listen:\n{}", process.log().all());
            std::thread::yield_now();
        }
        Self { _process: process, _folder: folder, address }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

/// Fills in addresses and folders.
fn configure(template: &str, address: SocketAddr, servers: &[SocketAddr], folder: &Path) -> String {
    let folder = folder.display();
    let mut servers = servers.iter();
    let mut config = String::new();
    for line in template.lines() {
        let indented = line.trim_start();
        let line = if indented.starts_with("listen ") {
            format!("listen {address};")
        } else if indented.starts_with("http {") {
            let kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
            let paths = kinds.map(|kind| format!("{kind}_temp_path {folder}/{kind};"));
            format!("pid {folder}/nginx.pid;\n{line}\naccess_log off;\n{}", paths.join("\n"))
        } else if let Some(rest) = indented.strip_prefix("server ").filter(|rest| *rest != "{") {
            let Some(server) = servers.next() else { continue };
            let options = rest.split_once(' ').map_or(";", |(_, options)| options);
            format!("server {server} {options}")
        } else {
            line.to_owned()
        };
        config.push_str(&line);
        config.push('\n');
    }
    assert!(servers.next().is_none(), "the template names fewer servers");
    config
}

/// Debian keeps servers out of a user's `PATH`.
fn program() -> &'static str {
    if Path::new("/usr/sbin/nginx").exists() { "/usr/sbin/nginx" } else { "nginx" }
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("it is bound")
}
