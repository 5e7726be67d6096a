import clsx from 'clsx';
import type { TotpReply } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { encode } from 'uqr';
import { readMe } from '../../../data/access/me-store.js';
import { client } from '../../../data/api/client.js';
import { CopyText } from '../../../ui/buttons/CopyText.js';
import { TextField } from '../../../ui/fields/FormFields.js';
import { Notice } from '../../../ui/states/Notice.js';
import { saveFile } from '../../../ui/buttons/save-file.js';
import { LeaveGuard } from '../../../ui/dialogs/LeaveGuard.js';
import { useAction } from '../../../data/queries/use-action.js';
import styles from '../people.module.css';

/** The second factor: an authenticator app that shows codes, and recovery codes in case the app is lost. */
export function SecondFactor({ isOn }: { readonly isOn: boolean }): ReactElement {
  const [totp, setTotp] = useState<TotpReply>();
  const [codes, setCodes] = useState<readonly string[]>();
  const [isRemoving, setRemoving] = useState(false);
  const action = useAction();
  return (
    <section className="section" aria-labelledby="second-factor">
      <h2 id="second-factor">Second factor</h2>
      {action.error === undefined ? null : <Notice error={action.error} />}
      {codes !== undefined ? (
        <Codes codes={codes} onDone={() => setCodes(undefined)} />
      ) : totp !== undefined ? (
        <Confirm
          totp={totp}
          isBusy={action.isBusy}
          onCancel={() => setTotp(undefined)}
          onCode={(code) =>
            action.run(async () => {
              setCodes((await client.POST('/api/auth/totp/confirm', { body: { secret: totp.secret, code } })).codes);
              setTotp(undefined);
              await readMe();
            })
          }
        />
      ) : isRemoving ? (
        <Remove
          isBusy={action.isBusy}
          onCancel={() => setRemoving(false)}
          onPassword={(password) =>
            action.run(async () => {
              await client.DELETE('/api/auth/totp', { body: { password } });
              setRemoving(false);
              await readMe();
            })
          }
        />
      ) : (
        <>
          <p className="quiet">
            {isOn ? 'On: signing in also asks for' : 'Off. When it is on, signing in also asks for'} a code after the
            password. An app on your phone shows the code, which changes every 30 seconds.
          </p>
          <div className="head-actions">
            {isOn ? (
              <button type="button" className="button" onClick={() => setRemoving(true)}>
                Turn off
              </button>
            ) : (
              <button
                type="button"
                className="button"
                disabled={action.isBusy}
                onClick={() => action.run(async () => setTotp(await client.POST('/api/auth/totp')))}
              >
                Set up
              </button>
            )}
          </div>
        </>
      )}
    </section>
  );
}

function Confirm({
  totp: { secret, address },
  isBusy,
  onCode,
  onCancel,
}: {
  readonly totp: TotpReply;
  readonly isBusy: boolean;
  readonly onCode: (code: string) => void;
  readonly onCancel: () => void;
}): ReactElement {
  const [code, setCode] = useState('');
  return (
    <form
      className={clsx(styles['second-factor'], 'wrapped')}
      onSubmit={(event) => {
        event.preventDefault();
        onCode(code.replace(/\s/g, ''));
      }}
    >
      <QrCode text={address} />
      <div className="run-form">
        <p>Scan the code with an authenticator app, or enter this secret:</p>
        <CopyText text={secret} what="the secret" />
        <TextField
          title="Code from the app"
          inputMode="numeric"
          autoComplete="one-time-code"
          pattern="[0-9 ]{6,7}"
          isRequired
          value={code}
          onChange={setCode}
        />
        <div className="head-actions">
          <button type="submit" className="button button-primary" disabled={isBusy}>
            Turn on
          </button>
          <button type="button" className="button" onClick={onCancel}>
            Cancel
          </button>
        </div>
      </div>
    </form>
  );
}

/** A QR code of a text. It is dark on light in both themes, because scanners need that. */
function QrCode({ text }: { readonly text: string }): ReactElement {
  const { data, size } = encode(text, { border: 3 });
  const path = data.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  return (
    <svg
      className={clsx(styles['qr'], 'boxed')}
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label="QR code for the authenticator app"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" shapeRendering="crispEdges" />
    </svg>
  );
}

/** The recovery codes, which are shown once. Leaving the page before they are copied, saved or confirmed needs a confirmation. */
export function Codes({
  codes,
  onDone,
}: {
  readonly codes: readonly string[];
  readonly onDone: () => void;
}): ReactElement {
  const [isKept, setKept] = useState(false);
  return (
    <div className="run-form">
      <p>
        The second factor is on. Keep these recovery codes away from your phone: each signs you in once without it. They
        are shown only once.
      </p>
      <ul className={clsx(styles['recovery'], 'mono')}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <CopyText text={codes.join(' ')} what="the recovery codes" onCopied={() => setKept(true)} />
      <div className="head-actions">
        <button type="button" className="button button-primary" onClick={onDone}>
          I have saved them
        </button>
        <button
          type="button"
          className="button"
          onClick={() => {
            saveFile('heddle-recovery-codes.txt', `${codes.join('\n')}\n`, 'text/plain');
            setKept(true);
          }}
        >
          Save as file
        </button>
      </div>
      <LeaveGuard
        isChanged={!isKept}
        what="account"
        title="Leave without the recovery codes?"
        lost="They are shown only once. If you lose your phone without them, an owner has to restore your access."
        verb="Leave without codes"
        back="Stay"
      />
    </div>
  );
}

function Remove({
  isBusy,
  onPassword,
  onCancel,
}: {
  readonly isBusy: boolean;
  readonly onPassword: (password: string) => void;
  readonly onCancel: () => void;
}): ReactElement {
  const [password, setPassword] = useState('');
  return (
    <form
      className={clsx('run-form', styles['account-form'])}
      onSubmit={(event) => {
        event.preventDefault();
        onPassword(password);
      }}
    >
      <TextField
        title="Your password, to turn the second factor off"
        type="password"
        autoComplete="current-password"
        isRequired
        value={password}
        onChange={setPassword}
      />
      <div className="head-actions">
        <button type="submit" className="button button-danger" disabled={isBusy}>
          Turn off
        </button>
        <button type="button" className="button" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </form>
  );
}
