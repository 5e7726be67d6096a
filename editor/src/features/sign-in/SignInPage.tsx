import { useCallback, useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { useGet } from '../../data/queries/use-get.js';
import { HeddleMark } from '../../ui/icons/HeddleMark.js';
import { afterSignIn, failureText } from '../../data/http/after-sign-in.js';
import { DeadLink, NobodyYet } from './DeadLink.js';
import { useLoaded } from '../../data/queries/use-loaded.js';
import { useAddress } from '../../ui/navigation/route.js';
import { useAction } from '../../data/queries/use-action.js';
import { TextField } from '../../ui/fields/FormFields.js';
import { useForm } from '../../ui/forms/use-form.js';
import styles from './sign-in.module.css';

/** Signs a user in. With a one-time link, the user first creates an account or sets a password. */
export function SignInPage(): ReactElement {
  const address = useAddress();
  const token = new URLSearchParams(address.split('?')[1] ?? '').get('setup') ?? undefined;
  return (
    <main className="center">
      <div className={styles['sign-in']}>{token === undefined ? <SignIn /> : <SetUp token={token} />}</div>
    </main>
  );
}

/** Leaves the page with a full load, so that everything is loaded again as the signed-in user. */
const continueTo = (address: string): void => window.location.assign(afterSignIn(address));

function SignIn(): ReactElement {
  const address = useAddress();
  const form = useForm({ email: '', password: '', code: '' });
  const action = useAction();
  const [needsCode, setNeedsCode] = useState(false);
  const { value: me, error: unread } = useGet('/api/auth/me');
  const failed = failureText(new URLSearchParams(address.split('?')[1] ?? '').get('failed'));
  const submit = (): void =>
    action.run(async () => {
      const { code, ...named } = form.values;
      try {
        await client.POST('/api/auth/sign-in', { body: code === '' ? named : form.values });
      } catch (reason) {
        if (reason instanceof Error && 'code' in reason && reason.code === 'second_factor_needed') setNeedsCode(true);
        throw reason;
      }
      continueTo(address);
    });
  if (me === undefined && unread === undefined) return <p className="quiet">Opening…</p>;
  // With an identity provider, even the first account can be created by signing in.
  if (me?.hasUsers === false && me.provider === undefined) return <NobodyYet isOpen={!me.isSignInNeeded} />;
  return (
    <Form
      title="Sign in"
      button="Sign in"
      isBusy={action.isBusy}
      error={action.error?.message ?? failed}
      onSubmit={submit}
      also={
        me?.provider === undefined ? null : (
          <a
            className="button"
            href={`${me.provider.address}?${new URLSearchParams({ to: afterSignIn(address) }).toString()}`}
          >
            Sign in with {me.provider.name}
          </a>
        )
      }
    >
      <TextField title="Email" type="email" autoComplete="username" isRequired isFirst {...form.field('email')} />
      <TextField
        title="Password"
        type="password"
        autoComplete="current-password"
        isRequired
        {...form.field('password')}
      />
      {needsCode ? (
        <TextField
          title="Authenticator code or recovery code"
          type="text"
          autoComplete="one-time-code"
          isRequired
          {...form.field('code')}
        />
      ) : null}
    </Form>
  );
}

/** Whether a text can be the token of a one-time link. Other texts are refused without asking the server. */
const isToken = (token: string): boolean => /^hl_[\w-]{43}$/.test(token);

/** Sets a password by a one-time link. The first account also needs a name and an e-mail address. */
function SetUp({ token }: { readonly token: string }): ReactElement {
  const address = useAddress();
  const { value: me, error: unread } = useGet('/api/auth/me');
  const form = useForm({ name: '', email: '', password: '' });
  const action = useAction();
  const submit = (): void =>
    action.run(async () => {
      const given = Object.fromEntries(Object.entries(form.values).filter(([, value]) => value.trim() !== ''));
      await client.POST('/api/auth/setup', { body: { password: form.values.password, ...given, token } });
      continueTo(address);
    });
  const check = useCallback(
    (signal: AbortSignal) =>
      isToken(token)
        ? client.POST('/api/auth/setup/check', { body: { token }, signal }).then(() => true)
        : Promise.resolve(false),
    [token],
  );
  const link = useLoaded(check);
  const isUnknown = me === undefined && unread === undefined;
  if (isUnknown || (link.value === undefined && link.error === undefined)) return <p className="quiet">Opening…</p>;
  const isFirst = me?.hasUsers !== true;
  // The link is checked first, so that nobody types a password for a link that no longer works.
  if (!isToken(token) || [link.error?.code, action.error?.code].includes('sign_in_failed'))
    return <DeadLink hasUsers={!isFirst} isOpen={me?.isSignInNeeded === false} />;
  return (
    <Form
      title={isFirst ? 'Create your account' : 'Choose your password'}
      lead={
        isFirst
          ? 'This is the first account of this Heddle and becomes its owner. The link works once.'
          : 'The link works once.'
      }
      button={isFirst ? 'Create account' : 'Set password'}
      isBusy={action.isBusy}
      error={action.error?.message}
      onSubmit={submit}
    >
      {isFirst ? (
        <>
          <TextField title="Name" type="text" autoComplete="name" isRequired isFirst {...form.field('name')} />
          <TextField title="Email" type="email" autoComplete="username" isRequired {...form.field('email')} />
        </>
      ) : null}
      <TextField
        title="Password"
        help="12 characters or more."
        type="password"
        autoComplete="new-password"
        isRequired
        isFirst={!isFirst}
        {...form.field('password')}
      />
    </Form>
  );
}

interface FormProps {
  readonly title: string;
  readonly lead?: string;
  readonly button: string;
  readonly isBusy: boolean;
  readonly error: string | undefined;
  readonly onSubmit: () => void;
  /** Another way to sign in, shown below the button. */
  readonly also?: React.ReactNode;
  readonly children: React.ReactNode;
}

function Form({ title, lead, button, isBusy, error, onSubmit, also, children }: FormProps): ReactElement {
  return (
    <form
      aria-label={title}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <HeddleMark />
      <h1>{title}</h1>
      {lead === undefined ? null : <p className="quiet">{lead}</p>}
      {children}
      {error === undefined ? null : (
        <p className="failure" role="alert">
          {error}
        </p>
      )}
      <button type="submit" className="button button-primary" disabled={isBusy}>
        {button}
      </button>
      {also}
    </form>
  );
}
