import { ModernFakeTimers } from '@jest/fake-timers';
import { ModuleMocker } from 'jest-mock';
import { describeFailure, failureKey } from './on-test-failure.mjs';
import { leftOpen, openResources } from './open-resources.mjs';

/** Settings that a spec file stores on the global object for Jest and its environment. They apply only to that file. */
const settings = [
  ...['TEST_TIMEOUT_SYMBOL', 'EVENT_HANDLERS', 'RETRY_TIMES', 'RETRY_IMMEDIATELY'].map((name) => Symbol.for(name)),
  failureKey,
];

/**
 * A test environment without its own context: spec files run in the same context as Jest. Changes of a file to environment variables, the
 * console and timers are undone when it ends. A file that leaves something open fails, because the worker could not end and later files
 * would be affected.
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
    // Opens the standard streams before the count: the first use of a stream opens it for good, and a pipe then counts as an open resource.
    for (const stream of ['stdin', 'stdout', 'stderr']) void process[stream];
    this.open = openResources();
  }

  async setup() {}

  /** Jest calls this for each event. At the end of the tests, nothing may be open that was not open before. */
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

  /** Jest requires a value here; there is no context, because modules use Node's own loader. */
  getVmContext() {
    return null;
  }
}
