import type { Message } from '@a2a-js/sdk';
import { ContentTypeNotSupportedError, RequestMalformedError } from '@a2a-js/sdk/errors';
import { isPlainObject, type OpenRequest } from '@heddle/core';
import type { AgentContent } from '../agents/agent-inputs.js';
import { answerSchemaOf } from '../agents/open-questions.js';

/** The most characters of an id that a client chooses. */
const longestId = 256;

/** Checks that a message is from the user and has usable ids. Errors: `RequestMalformedError`. */
export function requireMessage(message: Message | undefined): Message {
  if (message === undefined) throw new RequestMalformedError('The request has no message.');
  const { messageId, contextId, taskId, parts } = message;
  if (messageId === '') throw new RequestMalformedError('The message has no messageId.');
  if ([messageId, contextId, taskId].some(({ length }) => length > longestId))
    throw new RequestMalformedError(`An id of the message has more than ${longestId} characters.`);
  if (parts.length === 0) throw new RequestMalformedError('The message has no parts.');
  return message;
}

/**
 * The contents of a message: texts, values by the name of the input, and files. Errors: `RequestMalformedError`,
 * `ContentTypeNotSupportedError`.
 */
export function contentOf({ parts }: Message): AgentContent {
  const texts: string[] = [];
  const files: string[] = [];
  const values: Record<string, unknown> = {};
  for (const { content, mediaType } of parts)
    switch (content?.$case) {
      case 'text':
        texts.push(content.value);
        break;
      case 'raw':
        files.push(`data:${mediaType || 'application/octet-stream'};base64,${content.value.toString('base64')}`);
        break;
      case 'data':
        Object.assign(values, valuesOf(content.value));
        break;
      default:
        throw new ContentTypeNotSupportedError(
          'A file must come inside the message (raw): this server does not fetch addresses that a caller names.',
        );
    }
  const pictures = files.filter((file) => file.startsWith('data:image/'));
  const others = files.filter((file) => !file.startsWith('data:image/'));
  const text = { type: 'text' as const, text: texts.join('\n') };
  const images = pictures.map((url) => ({ type: 'image_url' as const, image_url: { url } }));
  const content = images.length === 0 ? text.text : [text, ...images];
  const messages = texts.length === 0 && images.length === 0 ? [] : [{ role: 'user' as const, content }];
  return { messages, values, files: others };
}

/**
 * The answer to a question: the data of the message, or its text for a choice or for a form with one field. Errors:
 * `RequestMalformedError`.
 */
export function answerOf({ parts }: Message, { question }: OpenRequest): unknown {
  const data = parts.flatMap(({ content }) => (content?.$case === 'data' ? [content.value as unknown] : []));
  if (data.length > 0) return Object.assign({}, ...data.map(valuesOf)) as unknown;
  const text = parts.flatMap(({ content }) => (content?.$case === 'text' ? [content.value] : [])).join('\n');
  const said = text.trim().toLowerCase();
  const button = question.buttons?.find(({ id, title }) => [id, title].some((name) => name.toLowerCase() === said));
  if (button !== undefined) return { choice: button.id };
  const { properties } = answerSchemaOf(question);
  const [field, ...others] = isPlainObject(properties) ? Object.keys(properties) : [];
  if (question.buttons === undefined && field !== undefined && others.length === 0) return { [field]: text };
  throw new RequestMalformedError(
    'The answer fits no choice of the question: send a data part that fits the schema in the status of the task.',
  );
}

function valuesOf(data: unknown): object {
  if (isPlainObject(data)) return data;
  throw new RequestMalformedError('A data part must be an object with a member for each input.');
}
