import type { ToolServerSummary } from '@heddle/core';
import type { ReactElement } from 'react';
import { useMay } from '../../data/access/me-store.js';
import { client } from '../../data/api/client.js';
import type { Action } from '../../data/queries/use-action.js';

/** Opens the OAuth consent page of a server, or signs out of the server. */
export function SignInButton({
  server: { id, title, signIn },
  action,
  onChanged,
}: {
  readonly server: ToolServerSummary;
  readonly action: Action;
  readonly onChanged: () => void;
}): ReactElement | null {
  const mayRegister = useMay('tool:register');
  if (signIn === undefined || !mayRegister) return null;
  const name = title === '' ? id : title;
  const begin = async (): Promise<void> => {
    const { url } = await client.POST('/api/tools/servers/{id}/sign-in', { params: { path: { id } }, body: {} });
    // The target must be a web page, because it redirects back to this page.
    if (/^https?:/.test(url)) window.location.assign(url);
  };
  const leave = async (): Promise<void> => {
    await client.DELETE('/api/tools/servers/{id}/sign-in', { params: { path: { id } } });
    onChanged();
  };
  return (
    <button
      type="button"
      className={signIn.isNeeded ? 'button button-primary' : 'button'}
      disabled={action.isBusy}
      aria-label={signIn.isNeeded ? `Sign in to ${name}` : `Sign out of ${name}`}
      onClick={() => action.run(signIn.isNeeded ? begin : leave)}
    >
      {signIn.isNeeded ? 'Sign in' : 'Sign out'}
    </button>
  );
}
