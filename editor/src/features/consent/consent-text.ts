import type { Permission } from '@heddle/core';

/** The texts for permissions that programs can ask for. */
const rights: { readonly [Right in Permission]?: string } = {
  'run:published': 'Run published workflows and read their answers',
  'human-input:answer': 'Answer questions of runs in your name',
  'collection:read': 'Read collections and their documents',
  'file:read': 'Read files',
  'workflow:read': 'Read the prompts of the library',
  'workflow:build': 'Build drafts of workflows and propose them. You decide what is published.',
};

export const rightText = (right: Permission): string => rights[right] ?? right;

const failures: Readonly<Record<string, string>> = {
  invalid_client: 'This Heddle does not know the program. Remove the connection in the program and make it again.',
  invalid_redirect_uri: 'The program wants the answer at an address that it did not register. Nothing was sent there.',
  too_many_requests: 'There were too many requests from this network. Wait a minute and begin again in the program.',
};

/**
 * Explains why a request could not begin. The address carries only a reason code; every text comes from this table, so the address cannot
 * inject text.
 */
export const failureOf = (reason: string): string =>
  Object.hasOwn(failures, reason)
    ? (failures[reason] ?? '')
    : 'The request of the program is not valid. Begin again in the program.';
