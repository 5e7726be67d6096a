import { exampleInputs, type HookReply, type HookScheme, type PortDescription } from '@heddle/core';

export const schemeChoices: readonly (readonly [HookScheme, string])[] = [
  ['standard', 'Standard Webhooks'],
  ['github', 'GitHub'],
  ['stripe', 'Stripe'],
  ['slack', 'Slack'],
];

/** How each kind of sender signs messages and names their ids. */
export const schemeHelp: Readonly<Record<HookScheme, string>> = {
  standard:
    'webhook-signature signs id, time and body. webhook-id identifies the message: two messages with the same id start one run.',
  github: 'x-hub-signature-256 signs the body. x-github-delivery identifies the message. GitHub does not sign a time.',
  stripe: 'stripe-signature signs time and body. The id in the body identifies the message.',
  slack: 'x-slack-signature signs time and body. event_id in the body identifies the message.',
};

/** An example body. It has the fields that the templates read, or without templates the inputs by name. */
export function exampleBody(
  inputs: Readonly<Record<string, unknown>> | undefined,
  ports: readonly PortDescription[],
): Readonly<Record<string, unknown>> {
  if (inputs === undefined) return exampleInputs(ports);
  const body: Record<string, unknown> = {};
  for (const [, path = ''] of JSON.stringify(inputs).matchAll(/\{\{\s*body\.([\w.]+)/g)) put(body, path.split('.'));
  return body;
}

function put(into: Record<string, unknown>, [first = '', ...rest]: readonly string[]): void {
  if (['__proto__', 'constructor', 'prototype'].includes(first)) return;
  if (rest.length === 0) {
    into[first] ??= 'text';
    return;
  }
  const inner = into[first];
  const next: Record<string, unknown> = typeof inner === 'object' && inner !== null ? { ...inner } : {};
  put(next, rest);
  into[first] = next;
}

/** A code example that sends a signed message. It reads the secret from the environment. */
export function sendSnippet(address: string, body: object): string {
  return `import { createHmac, randomUUID } from 'node:crypto';

const key = Buffer.from(process.env.HOOK_SECRET.slice('whsec_'.length), 'base64');
const id = randomUUID();
const time = String(Math.floor(Date.now() / 1000));
const body = ${JSON.stringify(JSON.stringify(body))};
const mac = createHmac('sha256', key).update(\`\${id}.\${time}.\${body}\`).digest('base64');

const reply = await fetch('${address}', {
  method: 'POST',
  headers: {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': time,
    'webhook-signature': \`v1,\${mac}\`,
  },
  body,
});
console.log(reply.status, await reply.json()); // 202 { runId, isReplay }`;
}

/** A code example that verifies a message from Heddle. */
export const checkSnippet = `import { Webhook } from 'standardwebhooks'; // npm install standardwebhooks

const webhook = new Webhook(process.env.HEDDLE_WEBHOOK_SECRET);

// body: the bytes of the request as they came, before anything parses them
const { type, timestamp, data } = webhook.verify(body, headers);
console.log(type, data.runId, data.outputs); // the same webhook-id may come twice`;

/** The address of an incoming webhook. */
export const addressOf = ({ path }: Pick<HookReply, 'path'>): string => `${window.location.origin}${path}`;
