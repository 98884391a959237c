//! A real browser, driven over the WebDriver protocol: Debian's `chromium` with `chromium-driver`.
//! Spec: <https://www.w3.org/TR/webdriver2/>.

use std::net::SocketAddr;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::PATIENCE;
use crate::connection::Connection;
use crate::process::Process;
use crate::request::Request;

/// A window of a headless browser with a profile of its own. It ends when the value is dropped.
#[derive(Debug)]
pub struct Browser {
    address: SocketAddr,
    session: String,
    _driver: Process,
    _profile: TempDir,
}

impl Browser {
    /// Starts a browser.
    ///
    /// # Panics
    /// When it is not installed or does not start.
    #[must_use]
    pub fn start() -> Self {
        let profile = TempDir::with_prefix("transom-browser-").expect("a folder can be made");
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").env("HOME", profile.path());
        let driver = Process::start(&mut command);
        let line = driver.log().wait_for("was started successfully on port");
        let digits: String = line.chars().filter(char::is_ascii_digit).collect();
        let port: u16 = digits.parse().expect("the driver says its port");
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let data = format!("--user-data-dir={}", profile.path().join("data").display());
        // Tests may run as root, where the browser's sandbox does not work, and in containers with little shared memory.
        let args =
            ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", &data];
        let milliseconds = u64::try_from(PATIENCE.as_millis()).unwrap_or(u64::MAX);
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": { "args": args },
            "timeouts": { "script": milliseconds, "pageLoad": milliseconds },
        } } });
        let made = send(address, "POST", "/session", &wanted);
        let session = made["sessionId"].as_str().expect("a session has an id").to_owned();
        Self { address, session, _driver: driver, _profile: profile }
    }

    /// Goes to an address and waits until the page is loaded.
    ///
    /// # Panics
    /// When it cannot be loaded.
    pub fn open(&self, url: &str) {
        self.send("url", &json!({ "url": url }));
    }

    /// Runs `script`, the body of an asynchronous function, in the page, and returns what it returns.
    ///
    /// # Panics
    /// When it throws.
    #[must_use]
    #[track_caller]
    pub fn run(&self, script: &str) -> Value {
        let wrapped = format!(
            "const done = arguments[arguments.length - 1];\
             (async () => {{ {script} }})().then((value) => done({{ value }}), (error) => done({{ error: String(error) }}));"
        );
        let answer = self.send("execute/async", &json!({ "script": wrapped, "args": [] }));
        assert!(answer["error"].is_null(), "{script}: {}", answer["error"]);
        answer["value"].clone()
    }

    /// Waits until the text of the element that `selector` finds contains `text`.
    ///
    /// # Panics
    /// When it does not for [`PATIENCE`], with the text that is there.
    #[track_caller]
    pub fn wait_for(&self, selector: &str, text: &str) {
        let (selector, text) = (json!(selector), json!(text));
        let milliseconds = PATIENCE.as_millis() / 2;
        let seen = self.run(&format!(
            "const find = () => document.querySelector({selector})?.textContent ?? '';
             const end = Date.now() + {milliseconds};
             while (!find().includes({text}) && Date.now() < end) await new Promise(requestAnimationFrame);
             return find();"
        ));
        let wanted = text.as_str().unwrap_or_default();
        assert!(seen.as_str().is_some_and(|seen| seen.contains(wanted)), "{selector} is {seen}");
    }

    #[track_caller]
    fn send(&self, command: &str, body: &Value) -> Value {
        send(self.address, "POST", &format!("/session/{}/{command}", self.session), body)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver ends the browser; what is left is killed with the driver.
        let path = format!("/session/{}", self.session);
        if let Ok(mut connection) = Connection::open(self.address) {
            drop(connection.try_request(&Request::new("DELETE", &path)));
        }
    }
}

/// Sends a command to the driver.
#[track_caller]
fn send(address: SocketAddr, method: &str, path: &str, body: &Value) -> Value {
    let mut connection = Connection::open_with(address, 2 * PATIENCE).expect("the driver listens");
    let reply = connection.request(&Request::new(method, path).json(body));
    assert_eq!(reply.status, 200, "{path}: {}", reply.text());
    reply.json()["value"].clone()
}
