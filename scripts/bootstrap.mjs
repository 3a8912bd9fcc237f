// The first file that runs, on any Node ≥ 20: brings what is missing, then hands over to the Node 24 that npm brought.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT, SetupError, ensureInstalled, say } from './install.mjs';
import { buildWeb, bundledNode, webNeedsBuild } from './web-build.mjs';

const TASKS = {
  serve: { file: 'server/cli.ts', args: ['serve'], needsWeb: true, needsDev: false },
  ringline: { file: 'server/cli.ts', args: [], needsWeb: false, needsDev: false },
  test: { file: 'scripts/test.mjs', args: [], needsWeb: true, needsDev: true },
  check: { file: 'scripts/check.mjs', args: [], needsWeb: false, needsDev: true },
  build: { file: null, args: [], needsWeb: true, needsDev: false },
};

/** Becomes the command: in this process when it is the right Node, else in a child that gets our signals and gives its exit code. */
async function handOver(file, args) {
  const target = path.join(ROOT, file);
  const node = bundledNode();
  if (Number(process.versions.node.split('.')[0]) >= 24) {
    process.argv = [process.execPath, target, ...args];
    await import(pathToFileURL(target).href);
    return;
  }
  const child = spawn(node, [target, ...args], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']) {
    process.on(signal, () => {
      // The terminal has sent its Ctrl-C to the child as well; twice would mean "at once".
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on('error', (error) => {
    say(`Node could not be started: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exitCode = code ?? 1;
    else {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    }
  });
}

async function main([name, ...args]) {
  const task = TASKS[name];
  if (task === undefined)
    throw new SetupError(`There is no task "${name}"; use one of ${Object.keys(TASKS).join(', ')}.`);
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new SetupError(`Ringline needs Node 20 or newer to start; this is ${process.versions.node}.`);
  }
  const needsBuild = task.needsWeb && webNeedsBuild();
  await ensureInstalled({ withDev: task.needsDev || needsBuild });
  if (needsBuild) buildWeb();
  if (task.file !== null) await handOver(task.file, [...task.args, ...args]);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(error.message);
  process.exitCode = 1;
}
