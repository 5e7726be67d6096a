import { KeyScopes, localPrincipal, type Role, type WorkflowDocument } from '@heddle/core';
import { openPublished } from '../../channels/testing/open-published.js';
import type { TestHeddleOptions } from '../../testing/test-heddle.js';
import type { TestReply, TestServer } from '../../testing/test-server.js';

/** Headers that identify a caller. */
export type Shown = Readonly<Record<string, string>>;

/** A server with sign-in and two projects that must not reach each other: Alpha, the default project, and Beta. */
export interface TwoProjects {
  readonly server: TestServer;
  readonly alpha: string;
  readonly beta: string;
  /** Creates and signs in a user with these roles, by project. */
  person(roles: Readonly<Record<string, readonly Role[]>>): Shown & { readonly id: string };
  /** Creates an API key of the owner of a project. */
  key(project: string, scopes?: unknown): Shown;
  /** Stores a workflow in a project and returns its id. */
  workflow(project: string, document: WorkflowDocument): Promise<string>;
  /** Stores a workflow and makes its first version live under its slug. */
  published(project: string, document: WorkflowDocument): Promise<{ readonly id: string; readonly slug: string }>;
  /** Sends a request as a caller, in a project. */
  call(who: Shown, method: string, path: string, body?: unknown, project?: string): Promise<TestReply>;
  close(): Promise<void>;
}

/** Starts the server. @example const house = await openTwoProjects(); */
export async function openTwoProjects(options: TestHeddleOptions = {}): Promise<TwoProjects> {
  const { settings, ...others } = options;
  const server = await openPublished({ ...others, settings: { HEDDLE_SIGN_IN: 'required', ...settings } });
  const { heddle, address } = server;
  const { tables, identity } = heddle.parts;
  const { users, projects, sessions, keys } = identity;
  const alpha = 'default';
  const beta = (await projects.create('Beta')).id;
  let count = 0;

  const person: TwoProjects['person'] = (roles) => {
    count += 1;
    const { user, writes } = users.write.create({ email: `person-${count}@example.org`, name: `Person ${count}` });
    const begun = sessions.write.begin(user.id, { isSecure: false, agent: 'test' });
    const { token } = begun;
    const held = Object.entries(roles).flatMap(([project, those]) =>
      projects.write.setRoles(project, `user:${user.id}`, those),
    );
    tables.apply([...writes, ...held, ...begun.writes]);
    return { cookie: `heddle=${token}`, origin: address, id: user.id };
  };
  const owner = person({ [alpha]: ['owner'], [beta]: ['owner'] });
  const workflow: TwoProjects['workflow'] = async (project, document) => {
    const stored = await heddle.workflows.create(document);
    heddle.ownership.assign('workflow', stored.id, project);
    return stored.id;
  };
  return {
    server,
    alpha,
    beta,
    person,
    workflow,
    key: (project, scopes = {}) => {
      const scope = KeyScopes.parse(scopes);
      const made = keys.write.create({ name: 'k', owner: `user:${owner.id}`, project, scopes: scope });
      tables.apply(made.writes);
      return { authorization: `Bearer ${made.secret}` };
    },
    published: async (project, document) => {
      const id = await workflow(project, document);
      await heddle.publishing.versions.publish(id, { acceptDataMap: true }, localPrincipal);
      return { id, slug: (await heddle.workflows.get(id)).slug };
    },
    call: ({ id: _id, ...headers }, method, path, body, project) =>
      server.call(method, path, body, {
        ...headers,
        ...(project === undefined ? {} : { 'heddle-project': project }),
      }),
    close: () => server.close(),
  };
}
