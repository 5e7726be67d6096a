import {
  HeddleError,
  toErrorValue,
  withoutUndefined,
  type SourceChange,
  type SourceConnector,
  type SourceContent,
  type SourceDocument,
  type SourceRequest,
} from '@heddle/core';
import type { FetchMessageObject, ImapFlow } from 'imapflow';
import { meaningOf, openMailServer } from './imap-client.js';
import { ImapConfig } from './imap-config.js';

/** The connector for messages in mailboxes. */
export const imapSource: SourceConnector<ImapConfig> = {
  kind: 'imap',
  title: 'Mailbox',
  description: 'Messages of mailboxes of an IMAP server, with their attachments.',
  config: ImapConfig,
  // Anyone who knows the address can send a message to it.
  capabilities: { isIncremental: false, hasReaders: false, secret: 'required', isUntrusted: true },
  changes,
};

const together = 50;
const dayMs = 86_400_000;

async function* changes(request: SourceRequest<ImapConfig>): AsyncGenerator<SourceChange> {
  const { config, signal } = request;
  const client = await openMailServer(request);
  try {
    yield { type: 'listing' };
    let left = config.maxMessages;
    for (const mailbox of new Set(config.mailboxes)) {
      const box = await openMailbox(client, mailbox, request);
      left -= box.uids.length;
      if (left < 0) throw tooMany(config.maxMessages);
      yield* messagesOf(client, box, request);
    }
    yield { type: 'checkpoint', isComplete: true };
  } catch (error) {
    throw meaningOf(error, config, signal);
  } finally {
    client.close();
  }
}

interface Mailbox {
  readonly path: string;
  /** UIDVALIDITY: if it changes, the same number means another message. */
  readonly validity: string;
  readonly uids: readonly number[];
}

/** Opens a mailbox for reading and lists its messages. Errors: `source_failed` if it does not exist. */
async function openMailbox(
  client: ImapFlow,
  path: string,
  { config: { days }, now }: SourceRequest<ImapConfig>,
): Promise<Mailbox> {
  const { uidValidity } = await client.mailboxOpen(path, { readOnly: true }).catch(async (error: unknown) => {
    const { responseStatus } = error as { readonly responseStatus?: string }; // Errors of the client may have this field.
    if (responseStatus !== 'NO') throw error;
    const names = (await client.list()).map((one) => one.path);
    throw new HeddleError(
      'source_failed',
      `The server has no mailbox '${path}' that can be opened. It has ${names.slice(0, 30).join(', ').slice(0, 500)}.`,
    );
  });
  const since = days === undefined ? undefined : new Date(now() - days * dayMs);
  const uids = await client.search({ deleted: false, since }, { uid: true });
  if (uids === false || uids === undefined)
    throw new HeddleError('source_unreachable', `The server did not list the messages of '${path}'.`);
  return { path, validity: String(uidValidity), uids };
}

async function* messagesOf(
  client: ImapFlow,
  box: Mailbox,
  request: SourceRequest<ImapConfig>,
): AsyncGenerator<SourceChange> {
  const { known, maxBytes } = request;
  for (let at = 0; at < box.uids.length; at += together) {
    const wanted: number[] = [];
    for (const uid of box.uids.slice(at, at + together)) {
      const id = idOf(box, uid);
      // A message never changes.
      if ((await known(id))?.isStored === true) yield { type: 'unchanged', id };
      else wanted.push(uid);
    }
    if (wanted.length === 0) continue;
    const query = { uid: true, envelope: true, size: true, internalDate: true };
    // A message that was deleted in the meantime is missing in the answer.
    for (const message of await client.fetchAll(wanted.join(','), query, { uid: true })) {
      const id = idOf(box, message.uid);
      const { size = 0 } = message;
      if (size > maxBytes) yield { type: 'failed', id, error: toErrorValue(tooLarge(id, size, maxBytes)) };
      else yield { type: 'upsert', document: documentOf(client, box, message, request) };
    }
  }
}

function documentOf(
  client: ImapFlow,
  box: Mailbox,
  { uid, envelope, internalDate }: FetchMessageObject,
  { config, signal }: SourceRequest<ImapConfig>,
): SourceDocument {
  const sent = envelope?.date ?? internalDate;
  const at = sent === undefined ? NaN : new Date(sent).getTime();
  const from = envelope?.from?.[0]?.address;
  return {
    id: idOf(box, uid),
    etag: idOf(box, uid),
    title: envelope?.subject?.slice(0, 1_000),
    modified: Number.isNaN(at) ? undefined : at,
    metadata: withoutUndefined({ mailbox: box.path, from: from?.slice(0, 300) }),
    content: () =>
      load(client, uid).catch((error: unknown) => {
        throw meaningOf(error, config, signal);
      }),
  };
}

async function load(client: ImapFlow, uid: number): Promise<SourceContent> {
  const found = await client.fetchOne(String(uid), { source: true }, { uid: true });
  if (found === false || found.source === undefined)
    throw new HeddleError('source_failed', 'The message was deleted while it was being read.');
  return { content: found.source, mediaType: 'message/rfc822' };
}

const idOf = ({ path, validity }: Mailbox, uid: number): string => `${path}/${validity}-${uid}`;

const tooLarge = (id: string, size: number, limit: number): HeddleError =>
  new HeddleError(
    'document_too_large',
    `'${id.slice(0, 300)}' has ${size} bytes, more than the ${limit} that are read.`,
  );

const tooMany = (limit: number): HeddleError =>
  new HeddleError(
    'source_failed',
    `The mailboxes have more than ${limit} messages: nothing was removed. Name fewer mailboxes or days, or allow more messages.`,
  );
