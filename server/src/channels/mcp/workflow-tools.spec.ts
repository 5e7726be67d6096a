import { localPrincipal, type WorkflowDocument } from '@heddle/core';
import { afterEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { TestServer } from '../../testing/test-server.js';
import { bindPublished } from '../bind-published.js';
import { openPublished } from '../testing/open-published.js';
import { toolOf } from './workflow-tools.js';

let server: TestServer;
afterEach(() => server.close());

const document: WorkflowDocument = {
  heddle: 2,
  name: 'Read',
  nodes: {
    given: {
      type: 'input',
      version: 1,
      config: {
        fields: [
          { name: 'file', type: 'File' },
          { name: 'more', type: 'File[]', required: false },
        ],
      },
    },
    read: { type: 'load', version: 1, config: {} },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'text', type: 'Text' }] } },
  },
  edges: [
    { from: 'given.file', to: 'read.files' },
    { from: 'read.text', to: 'reply.text' },
  ],
};

describe('a workflow as a tool', () => {
  it('has a schema whose references all resolve', async () => {
    server = await openPublished();
    const { id } = await server.heddle.workflows.create(document, 'read');
    await server.heddle.publishing.versions.publish(id, { acceptDataMap: true }, localPrincipal);
    const workflow = (await bindPublished(server.heddle.publishing).list()).find(({ slug }) => slug === 'read');
    if (workflow === undefined) throw new Error('It is not published.');
    const { inputSchema } = toolOf(workflow);
    const schema = z.fromJSONSchema(inputSchema as Parameters<typeof z.fromJSONSchema>[0]);
    const file = { id: 'sha256:0', name: 'a.txt', mediaType: 'text/plain', size: 1 };
    expect(schema.safeParse({ file, more: [file] }).success).toBe(true);
    expect(schema.safeParse({ file: 'data:text/plain;base64,aGk=', more: ['data:;base64,aGk='] }).success).toBe(true);
    expect(schema.safeParse({ file: 'a.txt' }).success).toBe(false);
  });
});
