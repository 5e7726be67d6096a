import { allowsSecretHost, secretHostOfUrl, type CompileFacts, type SecretCard } from '@heddle/core';

/**
 * Tells the compiler what it must know about secrets: which ones the project does not have (with the same message whatever the reason), and
 * which ones must not go to the fixed address of their node.
 */
export function secretFacts(
  find: (name: string) => Pick<SecretCard, 'hosts' | 'needsHost'> | undefined,
): Required<Pick<CompileFacts, 'secretProblem'>> {
  return {
    secretProblem: ({ id, address }) => {
      if (id === '') return undefined;
      const card = find(id);
      if (card === undefined)
        return {
          code: 'reference-missing',
          message: `This project has no secret '${id}' for this workflow.`,
          fix: `Set it on the page Secrets, or with npx heddle secrets set ${id}.`,
        };
      const url = address === undefined ? undefined : new URL(address);
      if (url === undefined ? card.hosts.length > 0 : allowsSecretHost(card.hosts, url)) return undefined;
      const host = url === undefined ? 'HOST' : secretHostOfUrl(url);
      return {
        code: 'secret-host',
        message:
          card.hosts.length === 0
            ? `The secret '${id}' has no allowed host yet, so it is not sent.`
            : `The secret '${id}' must not be sent to '${host}'.`,
        fix: `If that is right, add the host on the page Secrets, or with npx heddle secrets set ${id} --host ${host}.`,
      };
    },
  };
}
