import { ModernFakeTimers } from '@jest/fake-timers';
import { ModuleMocker } from 'jest-mock';
import { describeFailure, failureKey } from './on-test-failure.mjs';
import { leftOpen, openResources } from './open-resources.mjs';

/** What a spec file leaves on the global object for Jest and its environment: it holds for that file alone. */
const settings = [
  ...['TEST_TIMEOUT_SYMBOL', 'EVENT_HANDLERS', 'RETRY_TIMES', 'RETRY_IMMEDIATELY'].map((name) => Symbol.for(name)),
  failureKey,
];

/**
 * A test environment without a context of its own: spec files run where Jest runs. The environment, the console and the timers that a file changed are put
 * back when it ends. A file that leaves something open fails: it would keep the worker from its end, and files that come later would meet it.
 */
export default class OneRealmEnvironment {
  constructor({ projectConfig }) {
    this.global = globalThis;
    const { customExportConditions, checks } = projectConfig.testEnvironmentOptions;
    this.conditions = customExportConditions;
    this.checks = checks;
    this.moduleMocker = new ModuleMocker(globalThis);
    this.fakeTimers = null;
    this.fakeTimersModern = new ModernFakeTimers({ config: projectConfig, global: globalThis });
    this.before = { env: { ...process.env }, exit: process.exit, console: globalThis.console };
    for (const setting of settings) delete globalThis[setting];
    // Whoever uses one of them first opens it, for good: a pipe, where somebody reads what Jest says.
    for (const stream of ['stdin', 'stdout', 'stderr']) void process[stream];
    this.open = openResources();
  }

  async setup() {}

  /** Jest tells what happens to the tests. At their end nothing is open that was not before. */
  async handleTestEvent({ name, error }, { unhandledErrors }) {
    if (name === 'test_fn_failure') await describeFailure(error);
    if (name !== 'run_finish') return;
    const left = await leftOpen(this.open, this.checks);
    if (left.length > 0)
      unhandledErrors.push(
        new Error(
          `This spec file leaves open: ${left.join(', ')}. Close servers, sockets, children and timers in afterEach or afterAll, so that they are closed where a test fails, too.`,
        ),
      );
  }

  async teardown() {
    this.fakeTimersModern.dispose();
    globalThis.console = this.before.console;
    process.exit = this.before.exit;
    for (const name of Object.keys(process.env)) if (!(name in this.before.env)) delete process.env[name];
    Object.assign(process.env, this.before.env);
  }

  exportConditions() {
    return this.conditions;
  }

  /** Jest asks whether it is there; modules are Node's own. */
  getVmContext() {
    return null;
  }
}
