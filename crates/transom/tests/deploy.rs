//! What lies in `deploy/`, and the `Dockerfile`: valid by Kubernetes' own schemas, and true of the program.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use transom_testkit::{Connection, Project, Request};

/// The oldest version of Kubernetes that the manifests are for, and the newest that the schemas know.
const VERSIONS: [&str; 3] = ["1.27", "1.31", "1.37"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A program of the environment that `scripts/setup.sh test` makes.
fn python(program: &str) -> Command {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| Some(Path::new(&std::env::var_os("HOME")?).join(".cache")));
    let folder = cache.expect("there is a home").join("transom/kubernetes-validate-1.37.0/bin");
    Command::new(folder.join(program))
}

fn validate(version: &str, file: &Path) -> Output {
    let mut command = python("kubernetes-validate");
    command.args(["--strict", "--kubernetes-version", version]).arg(file);
    command.output().expect("`scripts/setup.sh test` has installed kubernetes-validate")
}

fn manifests() -> Vec<PathBuf> {
    let files = std::fs::read_dir(root().join("deploy/kubernetes")).expect("the folder is there");
    let files: Vec<PathBuf> = files.flatten().map(|entry| entry.path()).collect();
    assert!(files.len() >= 2, "{files:?}");
    files
}

/// The documents of all manifests.
fn documents() -> Vec<Value> {
    let script = "import sys, json, yaml\n\
                  print(json.dumps([d for f in sys.argv[1:] for d in yaml.safe_load_all(open(f))]))";
    let read = python("python").args(["-c", script]).args(manifests()).output();
    let read = read.expect("`scripts/setup.sh test` has made the environment");
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    serde_json::from_slice(&read.stdout).expect("JSON")
}

fn find<'a>(documents: &'a [Value], kind: &str) -> &'a Value {
    documents
        .iter()
        .find(|document| document["kind"] == kind)
        .unwrap_or_else(|| panic!("no {kind}"))
}

fn strings(list: &Value) -> Vec<&str> {
    let list = list.as_array().expect("a list");
    list.iter().map(|item| item.as_str().expect("a text")).collect()
}

#[test]
fn manifests_fit_the_schemas_of_kubernetes() {
    for version in VERSIONS {
        for file in manifests() {
            let Output { status, stdout, stderr } = validate(version, &file);
            let told = [stdout, stderr].concat();
            let told = String::from_utf8_lossy(&told);
            assert!(status.success() && told.contains("passed"), "{version}: {told}");
        }
    }
    // A misspelt field and a wrong type are seen.
    let text = std::fs::read_to_string(root().join("deploy/kubernetes/transom.yaml"));
    let text = text.expect("it can be read");
    for (right, wrong) in
        [("readinessProbe:", "readynessProbe:"), ("minReplicas: 2", "minReplicas: two")]
    {
        assert!(text.contains(right));
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("wrong.yaml");
        std::fs::write(&file, text.replace(right, wrong)).expect("writable");
        assert!(!validate(VERSIONS[0], &file).status.success(), "{wrong} passes");
    }
}

/// The container's command line and probes, with the program itself.
#[test]
fn the_deployment_starts_the_program_and_asks_it_where_it_answers() {
    let documents = documents();
    let deployment = find(&documents, "Deployment");
    let pod = &deployment["spec"]["template"]["spec"];
    let container = &pod["containers"][0];
    let port_of = |name: &str| {
        let ports = container["ports"].as_array().expect("ports");
        let port = ports.iter().find(|port| port["name"] == name).expect("a port of that name");
        port["containerPort"].as_u64().expect("a number").to_string()
    };
    let project = Project::new(env!("CARGO_BIN_EXE_transom"))
        .file("src/pages/hello.ts", "export const GET = () => new Response('hello');");
    project.build();
    let build = project.path(".transom/build").display().to_string();
    // Each argument is a whole word: the build and free ports of this machine take the place of the container's.
    let words = [
        ("/srv/build".to_owned(), build),
        ("0.0.0.0".to_owned(), "127.0.0.1".to_owned()),
        (port_of("http"), "0".to_owned()),
        (format!("0.0.0.0:{}", port_of("admin")), "127.0.0.1:0".to_owned()),
    ];
    let args: Vec<String> = strings(&container["args"])
        .into_iter()
        .map(|arg| {
            words
                .iter()
                .find(|(word, _)| word == arg)
                .map_or(arg.to_owned(), |(_, own)| own.clone())
        })
        .collect();
    for (word, own) in &words {
        assert!(args.contains(own), "`{word}` is no argument: {args:?}");
    }
    let process = project.spawn(&args);
    let bound = |line: &str| -> SocketAddr {
        let told = process.log().wait_for(line);
        let told = told.split_once(line).expect("it is in it").1.lines().next().unwrap_or_default();
        told.trim_end_matches('/').parse().expect("an address")
    };
    let (http, admin) = (bound("listening on http://"), bound("health and metrics on http://"));
    let ask = |address: SocketAddr, path: &str| {
        let mut connection = Connection::open(address).expect("somebody listens");
        connection.request(&Request::get(path)).status
    };
    assert_eq!(ask(http, "/hello"), 200);
    for probe in ["startupProbe", "readinessProbe", "livenessProbe"] {
        let get = &container[probe]["httpGet"];
        assert_eq!(get["port"], "admin", "{probe}: not where clients come");
        assert_eq!(ask(admin, get["path"].as_str().expect("a path")), 200, "{probe}");
    }
    let notes = &deployment["spec"]["template"]["metadata"]["annotations"];
    assert_eq!(notes["prometheus.io/port"], port_of("admin").as_str());
    assert_eq!(ask(admin, notes["prometheus.io/path"].as_str().expect("a path")), 200);
    assert!(process.stop().status.success());

    // Variables that the program knows.
    let known = std::fs::read_to_string(root().join("docs/reference/environment.md"));
    let known = known.expect("it can be read");
    for variable in container["env"].as_array().expect("variables") {
        let name = variable["name"].as_str().expect("a name");
        assert!(known.contains(&format!("| `{name}` |")), "{name}");
    }
}

#[test]
fn the_deployment_is_careful() {
    let documents = documents();
    let pod = &find(&documents, "Deployment")["spec"]["template"]["spec"];
    let container = &pod["containers"][0];
    assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
    assert_eq!(container["securityContext"]["readOnlyRootFilesystem"], true);
    assert_eq!(container["securityContext"]["allowPrivilegeEscalation"], false);
    assert_eq!(strings(&container["securityContext"]["capabilities"]["drop"]), ["ALL"]);
    // The stop of the program fits into the time that it is given.
    let sleep = strings(&container["lifecycle"]["preStop"]["exec"]["command"]);
    let sleep: u64 = sleep[1].parse().expect("seconds");
    let reference = std::fs::read_to_string(root().join("docs/reference/transom-toml.md"));
    let reference = reference.expect("it can be read");
    let line = reference.lines().find(|line| line.contains("`limits.drain`")).expect("a line");
    let drain = line.trim_end_matches('|').rsplit('|').next().expect("the default").trim();
    let drain: u64 = drain.trim_end_matches('s').parse().expect("seconds");
    let grace = pod["terminationGracePeriodSeconds"].as_u64().expect("seconds");
    assert!(grace > sleep + drain, "{grace} s for {sleep} s and {drain} s");
    // Names that have to fit each other.
    let secret = &container["env"][0]["valueFrom"]["secretKeyRef"];
    assert_eq!(secret["name"], find(&documents, "Secret")["metadata"]["name"]);
    let key = secret["key"].as_str().expect("a text");
    assert!(find(&documents, "Secret")["stringData"][key].is_string());
    let labels = &find(&documents, "Deployment")["spec"]["template"]["metadata"]["labels"];
    assert_eq!(&find(&documents, "Service")["spec"]["selector"], labels);
    let scaled = &find(&documents, "HorizontalPodAutoscaler")["spec"]["scaleTargetRef"]["name"];
    assert_eq!(scaled, &find(&documents, "Deployment")["metadata"]["name"]);
    for mount in container["volumeMounts"].as_array().expect("mounts") {
        let volumes = pod["volumes"].as_array().expect("volumes");
        assert!(volumes.iter().any(|volume| volume["name"] == mount["name"]), "{mount}");
    }
}

/// During an update as many pods as there may be end while as many begin.
#[test]
fn all_pods_together_fit_into_postgresql() {
    const ALLOWED: u64 = 100;
    const RESERVED: u64 = 3;
    let documents = documents();
    let pod = &find(&documents, "Deployment")["spec"]["template"]["spec"];
    let variables = pod["containers"][0]["env"].as_array().expect("variables");
    let connections = variables.iter().find(|own| own["name"] == "TRANSOM_STORE_CONNECTIONS");
    let connections = connections.expect("it is set")["value"].as_str().expect("a text");
    let connections: u64 = connections.parse().expect("a number");
    let scaler = &find(&documents, "HorizontalPodAutoscaler")["spec"];
    let most = scaler["maxReplicas"].as_u64().expect("a number");
    assert!(2 * most * connections <= ALLOWED - RESERVED, "2 x {most} x {connections}");
}

/// The image's user and group are those that Kubernetes is told of.
#[test]
fn the_user_of_the_image_is_the_one_of_the_deployment() {
    let dockerfile = std::fs::read_to_string(root().join("Dockerfile")).expect("it can be read");
    let option = |command: &str, name: &str| -> u64 {
        let line = dockerfile.lines().find(|line| line.contains(&format!("{command} ")));
        let line = line.unwrap_or_else(|| panic!("no {command}"));
        let value = line.split_once(&format!("{name} ")).expect(name).1;
        value.split(' ').next().expect("a value").parse().expect("a number")
    };
    let (uid, gid) = (option("useradd", "--uid"), option("useradd", "--gid"));
    assert_eq!(option("groupadd", "--gid"), gid);
    assert!(dockerfile.contains(&format!("\nUSER {uid}:{gid}\n")), "{uid}:{gid}");
    let documents = documents();
    let own = &find(&documents, "Deployment")["spec"]["template"]["spec"]["securityContext"];
    assert_eq!((own["runAsUser"].as_u64(), own["runAsGroup"].as_u64()), (Some(uid), Some(gid)));
    assert_eq!(own["fsGroup"].as_u64(), Some(gid));
}

/// The image has the packages of all libraries that the program loads.
#[test]
fn the_image_has_what_the_program_loads() {
    let dockerfile = std::fs::read_to_string(root().join("Dockerfile")).expect("it can be read");
    let runtime = dockerfile.split("AS transom\n").nth(1).expect("a stage of that name");
    let install = runtime.split("apt-get install").nth(1).expect("it installs something");
    let install = install.split("&&").next().expect("a command");
    let packages: BTreeSet<&str> = install.split_whitespace().collect();
    assert!(packages.contains("ca-certificates"), "{packages:?}");
    let listed = Command::new("ldd").arg(env!("CARGO_BIN_EXE_transom")).output();
    let listed = listed.expect("ldd is there").stdout;
    let listed = String::from_utf8_lossy(&listed);
    let libraries: Vec<&str> = listed
        .lines()
        .filter_map(|line| line.split_whitespace().find(|word| word.starts_with('/')))
        .collect();
    assert!(libraries.len() >= 3, "{listed}");
    for library in libraries {
        // Where `/lib` is a link, the package may know the file by either name.
        let owner = [library.to_owned(), format!("/usr{library}")].into_iter().find_map(|path| {
            let found = Command::new("dpkg").args(["--search", &path]).output().ok()?;
            let text = String::from_utf8_lossy(&found.stdout).into_owned();
            found.status.success().then(|| text.split(':').next().unwrap_or_default().to_owned())
        });
        let owner = owner.unwrap_or_else(|| panic!("{library} is of no package"));
        assert!(
            packages.contains(owner.as_str()),
            "{library} is in `{owner}`, which the image lacks"
        );
    }
}
