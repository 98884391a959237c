// @ts-check
// node:process, with what the object has as exports.
// Reference: https://nodejs.org/docs/latest-v22.x/api/process.html

import { process } from "transom:internal/node/process";

export const {
  _debugEnd, _debugProcess, _eval, _events, _eventsCount, _exiting, _fatalException, _getActiveHandles,
  _getActiveRequests, _kill, _linkedBinding, _maxListeners, _preload_modules, _rawDebug, _startProfilerIdleNotifier,
  _stopProfilerIdleNotifier, _tickCallback, abort, allowedNodeEnvironmentFlags, arch, argv, argv0, assert,
  availableMemory, binding, chdir, config, constrainedMemory, cpuUsage, cwd, debugPort, dlopen, domain, emitWarning,
  env, execArgv, execPath, execve, exit, exitCode, features, finalization, getActiveResourcesInfo, getBuiltinModule,
  getegid, geteuid, getgid, getgroups, getuid, hasUncaughtExceptionCaptureCallback, hrtime, initgroups, kill,
  loadEnvFile, memoryUsage, moduleLoadList, nextTick, openStdin, pid, platform, ppid, reallyExit, ref, release,
  report, resourceUsage, setSourceMapsEnabled, setUncaughtExceptionCaptureCallback, setegid, seteuid, setgid,
  setgroups, setuid, sourceMapsEnabled, stderr, stdin, stdout, threadCpuUsage, title, umask, unref, uptime, version,
  versions,
} = process;
export default process;
