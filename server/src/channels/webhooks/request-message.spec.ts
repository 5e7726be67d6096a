import { describe, expect, it } from '@jest/globals';
import type { OpenRequest } from '@heddle/core';
import { requestMessage } from './request-message.js';

const ask = (label?: unknown): Pick<OpenRequest, 'question'> => ({
  question: {
    title: 'May this go out?',
    body: 'Dear Ada',
    schema: {},
    assignee: 'ada',
    escalateTo: 'bo',
    dueAt: 9,
    buttons: [{ id: 'yes', title: 'Yes' }],
    details: { value: 'Dear Ada', ...(label === undefined ? {} : { label: { level: label, marks: [] } }) },
  },
});
const about = (event: 'human-input.opened' | 'human-input.reminder' | 'human-input.escalated') => ({
  requestId: 'a',
  runId: 'r',
  event,
});
const bounds = { clearance: 'internal', publicUrl: 'https://heddle.example.com/' } as const;

describe('the message about a human input request', () => {
  it('contains the link, the recipients and the question, and never the value', () => {
    const received = requestMessage(about('human-input.reminder'), ask('internal'), bounds);
    expect(received).toEqual({
      requestId: 'a',
      link: 'https://heddle.example.com/inbox?run=r&request=a',
      isOpen: true,
      to: 'ada',
      question: { title: 'May this go out?', dueAt: 9, buttons: ['Yes'] },
    });
    expect(requestMessage(about('human-input.escalated'), ask('public'), bounds)).toMatchObject({ to: 'bo' });
  });

  it('omits the question above the clearance, and when the label is unknown', () => {
    for (const label of ['confidential', undefined, 'none']) {
      const received = requestMessage(about('human-input.opened'), ask(label), bounds);
      expect(received).toMatchObject({ isOpen: true, to: 'ada' });
      expect(received).not.toHaveProperty('question');
    }
  });

  it('contains a link without a host when no address is set, even if the request no longer exists', () => {
    const received = requestMessage(about('human-input.reminder'), undefined, { ...bounds, publicUrl: undefined });
    expect(received).toEqual({ requestId: 'a', link: '/inbox?run=r&request=a', isOpen: true });
  });
});
