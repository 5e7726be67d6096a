import { FinishToolSignIn } from '@heddle/core';
import { useEffect } from 'react';
import { client } from '../../data/api/client.js';
import { useAction, type Action } from '../../data/queries/use-action.js';

/** The parameters of an OAuth redirect; undefined for a plain visit. */
export function signInReply(search: string): FinishToolSignIn | undefined {
  const query = new URLSearchParams(search);
  const given = (name: string): object => {
    const value = query.get(name);
    return value === null ? {} : { [name]: value };
  };
  const read = FinishToolSignIn.safeParse({ ...given('state'), ...given('code'), ...given('iss'), ...given('error') });
  return read.success && (read.data.code !== undefined || read.data.error !== undefined) ? read.data : undefined;
}

/** Sends the OAuth code to the server, once, and removes it from the address, as a code must not be seen. */
export function useSignInReturn(onSignedIn: () => void): Action {
  const action = useAction();
  const { run } = action;
  useEffect(() => {
    const reply = signInReply(window.location.search);
    if (reply === undefined) return;
    window.history.replaceState(null, '', window.location.pathname);
    run(async () => {
      await client.POST('/api/tools/sign-in', { body: reply });
      onSignedIn();
    });
  }, [run, onSignedIn]);
  return action;
}
