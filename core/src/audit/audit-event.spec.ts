import { expect, it } from '@jest/globals';
import { auditEntry, type AuditEvent } from './audit-event.js';

it('stores the kind under the field name of the hashed text', () => {
  const event: AuditEvent = { kind: 'policy', who: 'user:a', subject: 'policy:cheap', details: { step: 'saved' } };
  const { kind: _kind, ...stored } = event;
  expect(auditEntry(event, 7)).toEqual({ ...stored, act: 'policy', isAllowed: true, time: 7 });
  expect(auditEntry({ ...event, isAllowed: false }, 7).isAllowed).toBe(false);
});

it('does not compile with a subject, step or details that the catalogue does not have', () => {
  const by = { kind: 'policy', who: 'user:a' } as const;
  const wrong: AuditEvent[] = [
    // @ts-expect-error a budget is no subject of this kind
    { ...by, subject: 'budget:month', details: { step: 'saved' } },
    // @ts-expect-error no such step
    { ...by, subject: 'policy:cheap', details: { step: 'painted' } },
    // @ts-expect-error the details are missing
    { kind: 'grant', who: 'user:a', subject: 'model:m', details: { step: 'granted' } },
  ];
  expect(wrong).toHaveLength(3);
});
