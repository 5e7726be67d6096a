import { ModernFakeTimers } from '@jest/fake-timers';
import { ModuleMocker } from 'jest-mock';

/** What a spec file leaves on the global object for Jest: it holds for that file alone. */
const settings = ['TEST_TIMEOUT_SYMBOL', 'EVENT_HANDLERS', 'RETRY_TIMES', 'RETRY_IMMEDIATELY'].map((name) =>
  Symbol.for(name),
);

/**
 * A test environment without a context of its own: spec files run where Jest runs. The environment, the console and the timers that a file changed are put
 * back when it ends.
 */
export default class OneRealmEnvironment {
  constructor({ projectConfig }) {
    this.global = globalThis;
    this.conditions = projectConfig.testEnvironmentOptions.customExportConditions;
    this.moduleMocker = new ModuleMocker(globalThis);
    this.fakeTimers = null;
    this.fakeTimersModern = new ModernFakeTimers({ config: projectConfig, global: globalThis });
    this.before = { env: { ...process.env }, exit: process.exit, console: globalThis.console };
    for (const setting of settings) delete globalThis[setting];
  }

  async setup() {}

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
