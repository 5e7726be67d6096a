import { describe, expect, it } from '@jest/globals';
import { HeddleError, labelOf, type LabelLevel, type Principal } from '@heddle/core';
import { Library, type LibrarySources } from './library.js';
import { addressOf, resourceAt } from './resource-address.js';

const inside = new Map([
  ['handbook', 'internal'],
  ['payroll', 'restricted'],
  ['shop', 'internal'],
] as const satisfies readonly [string, LabelLevel][]);

const infoOf = (name: string) => ({
  name,
  title: name,
  documents: 2,
  embedding: 'e',
  updatedAt: 0,
  label: labelOf(inside.get(name as 'shop') ?? 'internal'),
});

/** A library whose caller is a member of `default`; `shop` belongs to another project. */
function open(more: Partial<Record<'documentLabel' | 'passageLabel', LabelLevel>> = {}) {
  const projectOf = (id: string): string => (id === 'shop' || id === 'other-file' ? 'shop' : 'default');
  const sources = {
    collections: {
      // The caller may read one of the two documents.
      shownTo: (info: object) => Promise.resolve({ ...info, documents: 1 }),
      list: () => Promise.reject(new HeddleError('vector_store_unreachable', 'One store is away.')),
      survey: () =>
        Promise.resolve({ collections: [...inside.keys()].map(infoOf), unreachable: [{ store: 'qdrant' }] }),
      get: (name: string) =>
        inside.has(name as 'shop')
          ? Promise.resolve(infoOf(name))
          : Promise.reject(new HeddleError('collection_not_found', name)),
      shown: (name: string) =>
        inside.has(name as 'shop')
          ? Promise.resolve({ ...infoOf(name), documents: 1 })
          : Promise.reject(new HeddleError('collection_not_found', name)),
      documents: () =>
        Promise.resolve([
          { id: 'a/b', title: 'One', mediaType: 'text/plain' },
          { id: 'c', title: 'Two', mediaType: 'text/plain', label: labelOf(more.documentLabel ?? 'internal') },
        ]),
      text: (name: string, id: string) =>
        id === 'none'
          ? Promise.reject(new HeddleError('document_not_found', id))
          : Promise.resolve({
              text: `${name} ${id}`,
              passages: [{ passage: { label: labelOf(more.passageLabel ?? 'internal') } }],
            }),
    },
    blobs: {
      describe: (id: string) => Promise.resolve({ id, mediaType: 'image/png', size: id === 'big' ? 9e9 : 3 }),
      get: () => Promise.resolve(new Uint8Array([1, 2, 3])),
    },
    ownership: {
      resourceOf: (kind: 'file', id: string) => Promise.resolve({ kind, id, project: projectOf(id) }),
    },
    views: {
      viewFor: (principal: Principal) => ({
        shows: (_kind: string, id: string) => principal.roles.has(projectOf(id)),
      }),
    },
    clock: { now: () => 0 },
  } as unknown as LibrarySources;
  return new Library(sources);
}

const caller = (permissions: ('collection:read' | 'file:read' | 'run:published')[]) => ({
  principal: {
    kind: 'key',
    id: 'key:k',
    name: 'k',
    roles: new Map([['default', ['owner']]]),
    scopes: { permissions },
  } as Principal,
  credentials: { headers: {}, ip: '', method: 'POST', url: '/mcp' },
});
const reader = caller(['collection:read', 'file:read']);

describe('the library as resources', () => {
  it('lists the collections of the caller up to internal', async () => {
    const { resources } = await open().resources(reader);
    expect(resources.map(({ uri }) => uri)).toEqual(['heddle://collections/handbook']);
  });

  it('counts only documents that the caller may read', async () => {
    const { resources } = await open().resources(reader);
    expect(resources).toMatchObject([{ description: 'A collection of 1 documents: its list of documents.' }]);
    const [collection] = (await open().read(reader, 'heddle://collections/handbook')).contents;
    expect(JSON.parse((collection as { text: string }).text)).toMatchObject({ documents: 1 });
  });

  it('reads a collection, a document and a file', async () => {
    const library = open({ documentLabel: 'confidential' });
    const [collection] = (await library.read(reader, 'heddle://collections/handbook')).contents;
    // A document above the clearance is not listed either.
    expect(JSON.parse((collection as { text: string }).text).listed).toEqual([
      { uri: 'heddle://collections/handbook/documents/a%2Fb', title: 'One', mediaType: 'text/plain' },
    ]);
    const uri = 'heddle://collections/handbook/documents/a%2Fb';
    expect((await library.read(reader, uri)).contents).toEqual([{ uri, mimeType: 'text/plain', text: 'handbook a/b' }]);
    expect((await library.read(reader, 'heddle://files/f')).contents).toEqual([
      { uri: 'heddle://files/f', mimeType: 'image/png', blob: 'AQID' },
    ]);
  });

  it('answers alike for a resource of another project, one that the caller may not read and one that does not exist', async () => {
    const narrow = caller(['run:published']);
    for (const [who, uri] of [
      [reader, 'heddle://collections/shop'],
      [reader, 'heddle://collections/shop/documents/c'],
      [reader, 'heddle://files/other-file'],
      [reader, 'heddle://collections/none'],
      [reader, 'heddle://collections/handbook/documents/none'],
      [narrow, 'heddle://collections/handbook'],
      [narrow, 'heddle://files/f'],
    ] as const)
      await expect(open().read(who, uri)).rejects.toMatchObject({
        code: 'not_found',
        message: expect.stringContaining(uri),
      });
  });

  it('reads nothing above internal, whatever the rights of the caller, and nothing too large', async () => {
    await expect(open().read(reader, 'heddle://collections/payroll')).rejects.toMatchObject({ code: 'label_refused' });
    await expect(open().read(reader, 'heddle://collections/payroll/documents/c')).rejects.toMatchObject({
      code: 'label_refused',
    });
    const labelled = open({ passageLabel: 'confidential' });
    await expect(labelled.read(reader, 'heddle://collections/handbook/documents/c')).rejects.toMatchObject({
      code: 'label_refused',
    });
    await expect(open().read(reader, 'heddle://files/big')).rejects.toMatchObject({ code: 'payload_too_large' });
  });

  it.each([
    ...[
      '',
      'x',
      'http://x/',
      'heddle://',
      'heddle://files',
      'heddle://files/',
      'heddle://files/a/b',
      'heddle://collections/',
    ],
    ...[
      'heddle://collections/a/documents/',
      'heddle://collections/a/other/b',
      'heddle://collections/%ZZ',
      'file:///etc/passwd',
    ],
    `heddle://files/${'x'.repeat(3_000)}`,
  ])('refuses the address %j', async (uri) => {
    expect(resourceAt(uri)).toBeUndefined();
    await expect(open().read(reader, uri)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('reads the addresses that it writes', () => {
    for (const resource of [
      { kind: 'collection', name: 'a b/c' },
      { kind: 'document', name: 'a', document: '../x?y#z' },
      { kind: 'file', id: 'sha256:1' },
    ] as const)
      expect(resourceAt(addressOf(resource))).toEqual(resource);
  });
});
