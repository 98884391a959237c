//! Sends a `requests.http` file to a server that is already running, such as a real Astro:
//!
//!     cargo run -p transom-testkit --example replay -- 127.0.0.1:4321 examples/storefront/requests.http

use std::path::PathBuf;
use std::process::ExitCode;

use transom_testkit::HttpFile;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (Some(address), Some(file)) = (args.next(), args.next()) else {
        eprintln!("usage: replay ADDRESS FILE");
        return ExitCode::from(2);
    };
    let Ok(address) = address.parse() else {
        eprintln!("`{address}` is not an address and a port");
        return ExitCode::from(2);
    };
    let file = HttpFile::read(&PathBuf::from(file));
    match file.replay(address) {
        Ok(()) => {
            println!("{} answers, all as expected", file.exchanges().len());
            ExitCode::SUCCESS
        }
        Err(failures) => {
            eprint!("{failures}");
            ExitCode::FAILURE
        }
    }
}
