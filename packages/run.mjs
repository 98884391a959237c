// Runs the endpoint of every package: with the databases and servers that they talk to, all of them started here on free
// ports, in a temporary folder, and stopped again.
//
//     packages/run.mjs TRANSOM [name …]       (make packages)

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { startStub } from "./stub.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const [transom, ...wanted] = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), "transom-packages-"));
const ending = [];

function fail(message) {
  throw new Error(message);
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Starts a program and waits until its output has `ready`. */
async function start(command, args, { ready, ...options }) {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
  let output = "";
  const seen = new Promise((resolve, reject) => {
    const take = (chunk) => {
      output += chunk;
      const found = ready.exec(output);
      if (found) resolve(found);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.once("exit", (code) => reject(new Error(`${command} ended with ${code}:\n${output}`)));
    child.once("error", reject);
  });
  ending.push(async () => {
    if (child.exitCode !== null) return;
    child.kill("SIGINT");
    const late = setTimeout(() => child.kill("SIGKILL"), 5000);
    await once(child, "exit");
    clearTimeout(late);
  });
  return { found: await seen, output: () => output };
}

function run(command, args, options) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8", ...options });
  if (error || status !== 0) fail(`${command} ${args.join(" ")}: ${error ?? stderr + stdout}`);
  return stdout;
}

/** A key and a certificate for localhost that signs itself. */
function certificate() {
  const [key, cert] = [join(scratch, "server.key"), join(scratch, "server.crt")];
  run("openssl", [
    "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", cert, "-subj", "/CN=localhost",
    "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
  ]);
  return { key, cert };
}

/** The newest PostgreSQL of Debian. */
function postgresFolder() {
  const base = "/usr/lib/postgresql";
  const versions = existsSync(base) ? readdirSync(base).sort((a, b) => Number(b) - Number(a)) : [];
  return versions.length > 0 ? join(base, versions[0], "bin") : fail("PostgreSQL is missing: scripts/setup.sh packages");
}

async function startPostgres({ key, cert }) {
  const folder = postgresFolder();
  const data = join(scratch, "postgres");
  mkdirSync(data);
  // PostgreSQL refuses to run as root.
  const isRoot = process.getuid() === 0;
  const [, , uid, gid] = isRoot ? run("getent", ["passwd", "postgres"]).split(":").map(Number) : [];
  const ids = isRoot ? { uid, gid } : {};
  const own = (path) => isRoot && chownSync(path, ids.uid, ids.gid);
  chmodSync(scratch, 0o755);
  own(data);
  const password = join(scratch, "password");
  writeFileSync(password, "secret\n");
  own(password);
  run(join(folder, "initdb"), ["-D", data, "-U", "transom", "-A", "scram-sha-256", "--pwfile", password, "-E", "UTF8", "--no-sync"], { ...ids, cwd: data });
  for (const [from, to] of [[key, "server.key"], [cert, "server.crt"]]) {
    writeFileSync(join(data, to), readFileSync(from));
    chmodSync(join(data, to), 0o600);
    own(join(data, to));
  }
  const port = await freePort();
  const options = ["-D", data, "-p", `${port}`, "-c", "listen_addresses=127.0.0.1", "-c", `unix_socket_directories=${data}`, "-c", "fsync=off", "-c", "ssl=on"];
  await start(join(folder, "postgres"), options, { ready: /ready to accept connections/, ...ids, cwd: data });
  return `postgres://transom:secret@127.0.0.1:${port}/postgres`;
}

async function startRedis() {
  const port = await freePort();
  await start("redis-server", ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", scratch], { ready: /Ready to accept connections/ });
  return `redis://127.0.0.1:${port}`;
}

async function main() {
  const names = readdirSync(join(here, "src/pages")).filter((file) => file.endsWith(".ts")).map((file) => file.slice(0, -3)).sort();
  const chosen = wanted.length > 0 ? names.filter((name) => wanted.includes(name)) : names;
  const tls = certificate();
  const stub = await startStub({ key: readFileSync(tls.key), cert: readFileSync(tls.cert) });
  ending.push(() => stub.stop());
  const env = {
    ...process.env, DATABASE_URL: await startPostgres(tls), REDIS_URL: await startRedis(), STUB_URL: stub.url, SECURE_STUB_URL: stub.secureUrl,
    STUB_CA: readFileSync(tls.cert, "utf8"), NODE_ENV: "production",
  };
  run(transom, ["build", here, "--out", join(scratch, "build")], { env, stdio: ["ignore", "inherit", "inherit"] });
  const server = await start(transom, ["start", join(scratch, "build"), "--port", "0", "--data", join(scratch, "state")], { ready: /listening on (http:\S+)/, env });
  const failures = [];
  for (const name of chosen) {
    const begun = performance.now();
    const { ok, text } = await ask(`${server.found[1]}/${name}`);
    process.stdout.write(`${ok ? "ok  " : "FAIL"} ${name} (${Math.round(performance.now() - begun)} ms)${ok ? "" : `: ${text}`}\n`);
    if (!ok) failures.push(name);
  }
  if (failures.length > 0) {
    process.stdout.write(server.output().split("\n").filter((line) => !line.startsWith("{")).slice(-60).join("\n"));
    fail(`${failures.length} of ${chosen.length} packages do not work: ${failures.join(", ")}`);
  }
  process.stdout.write(`${chosen.length} packages work\n`);
}

async function ask(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(30_000) });
    const text = await response.text();
    return { ok: response.status === 200 && text === "works", text: `${response.status} ${text.slice(0, 2000)}` };
  } catch (error) {
    return { ok: false, text: `${error} ${error.cause ?? ""}` };
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
} finally {
  for (const end of ending.reverse()) await end();
  rmSync(scratch, { recursive: true, force: true });
}
