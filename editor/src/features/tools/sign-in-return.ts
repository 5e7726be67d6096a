import { FinishToolSignIn } from '@heddle/core';
import { useEffect } from 'react';
import { client } from '../../data/api/client.js';
import { useAction, type Action } from '../../data/queries/use-action.js';

/** Reads the parameters of an OAuth redirect; undefined for a visit without them. */
export function signInReply(search: string): FinishToolSignIn | undefined {
  const query = new URLSearchParams(search);
  const given = (name: string): object => {
    const value = query.get(name);
    return value === null ? {} : { [name]: value };
  };
  const read = FinishToolSignIn.safeParse({ ...given('state'), ...given('code'), ...given('iss'), ...given('error') });
  return read.success && (read.data.code !== undefined || read.data.error !== undefined) ? read.data : undefined;
}

/** Sends the OAuth code to Heddle's server once. Removes it from the address first, so that nobody can see it there. */
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
