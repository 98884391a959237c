// @ts-check
// Functions of `process` that would act on the whole server, for all requests: they throw and say what to do.

import { codes } from "transom:internal/node/errors";
import { primordials } from "transom:internal/primordials";

const { ObjectDefineProperty } = primordials;

const REMEDIES = {
  __proto__: null,
  abort: "it would end the server for every request; throw an error instead",
  chdir: "the working folder belongs to the whole server; use absolute paths, for example with `path.resolve`",
  kill: "a program may not send signals; stop the server with the tool that started it",
  reallyExit: "it would end the server for every request; throw an error instead",
  dlopen: "native add-ons cannot be loaded; use a package in pure JavaScript or WebAssembly",
  execve: "it would replace the server; run the program outside of it",
  setuid: "users are set where the server is started",
  setgid: "groups are set where the server is started",
  seteuid: "users are set where the server is started",
  setegid: "groups are set where the server is started",
  setgroups: "groups are set where the server is started",
  initgroups: "groups are set where the server is started",
  setUncaughtExceptionCaptureCallback: "use `process.on(\"uncaughtException\", listener)`",
  loadEnvFile: "`.env` files are read when the server starts; use `process.env`",
  openStdin: "the server's input belongs to no request",
  binding: "there are no internals of Node",
  _linkedBinding: "there are no internals of Node",
  _kill: "a program may not send signals",
  _debugProcess: "there is no debugger",
  _debugEnd: "there is no debugger",
  _startProfilerIdleNotifier: "there is no profiler",
  _stopProfilerIdleNotifier: "there is no profiler",
};

export const refused = {};
for (const name in REMEDIES) {
  refused[name] = () => {
    throw new codes.ERR_NOT_SUPPORTED(`process.${name}()`, REMEDIES[name]);
  };
  ObjectDefineProperty(refused[name], "name", { __proto__: null, value: name, configurable: true });
}
