import { Requests, type HeddleOptions } from './requests.js';
import { Runs } from './runs.js';
import { Threads } from './threads.js';
import { Workflow } from './workflow.js';

/**
 * A client of a Heddle server.
 *
 * @example
 * const heddle = new Heddle({ baseUrl: 'https://heddle.example.com', apiKey: process.env.HEDDLE_KEY });
 * const { outputs } = await heddle.workflow('ask-the-handbook').run({ question: 'When are salaries paid?' });
 */
export class Heddle {
  readonly runs: Runs;
  readonly threads: Threads;
  private readonly requests: Requests;

  constructor(options: HeddleOptions) {
    this.requests = new Requests(options);
    this.runs = new Runs(this.requests);
    this.threads = new Threads(this.requests);
  }

  /** A published workflow, by the name in its address. Callers may declare the type of its outputs as `Outputs`. */
  workflow<Outputs extends object = Readonly<Record<string, unknown>>>(slug: string): Workflow<Outputs> {
    return new Workflow(this.requests, slug);
  }

  /** The same client on behalf of one of your users, with their threads and runs. The key needs the right to speak for its users. */
  forUser(endUser: string): Heddle {
    return new Heddle({ ...this.requests.options, endUser });
  }
}
