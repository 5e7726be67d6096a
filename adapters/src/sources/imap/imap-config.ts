import { z } from 'zod';

export const ImapConfig = z.strictObject({
  server: z
    .string()
    .trim()
    .regex(/^(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/, {
      error: 'Write a server such as imap.example.com or imap.example.com:993',
    })
    .refine((text) => URL.canParse(`imaps://${text}`), { error: 'The port is at most 65535' })
    .meta({
      title: 'Server',
      description: 'The IMAP server, with its port if that is not 993 (143 for STARTTLS).',
    }),
  user: z
    .string()
    .trim()
    .min(1)
    .max(300)
    .regex(/^\P{Cc}+$/u, { error: 'Write the name in one line' })
    .meta({
      title: 'User',
      description: 'The user that signs in, with the secret as the password (of Gmail and others: an app password).',
    }),
  mailboxes: z
    .array(
      z
        .string()
        .min(1)
        .max(300)
        .regex(/^\P{Cc}+$/u, { error: 'Write the name in one line' }),
    )
    .min(1)
    .max(100)
    .default(['INBOX'])
    .meta({
      title: 'Mailboxes',
      description: 'Names of mailboxes as the server has them, such as INBOX or Support/Answered.',
    }),
  days: z.int().min(1).max(36_500).optional().meta({
    title: 'Most days',
    description:
      'Older messages are left out, and removed from the collection; without this number, all messages are read.',
  }),
  maxMessages: z.int().min(1).max(1_000_000).default(20_000).meta({
    title: 'Most messages',
    description: 'The sync fails if all mailboxes together have more messages.',
  }),
  encryption: z
    .enum(['tls', 'starttls', 'none'])
    .default('tls')
    .meta({
      title: 'Encryption',
      labels: { tls: 'TLS', starttls: 'STARTTLS', none: 'None' },
      description: 'TLS from the first byte (tls), after the greeting (starttls), or none. The certificate is checked.',
    }),
});
export type ImapConfig = z.infer<typeof ImapConfig>;

/** The address of the server, also for secrets, which are bound to hosts. */
export function addressOf({ server, encryption }: Pick<ImapConfig, 'server' | 'encryption'>): URL {
  const url = new URL(`imaps://${server}`);
  if (url.port === '') url.port = encryption === 'tls' ? '993' : '143';
  return url;
}
