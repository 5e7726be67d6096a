import type { TotpReply } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { encode } from 'uqr';
import { readMe } from '../../access/me-store.js';
import { access } from '../../api/access.js';
import { CopyText } from '../../frame/CopyText.js';
import { Notice } from '../../frame/Notice.js';
import { saveFile } from '../../frame/save-file.js';
import { LeaveGuard } from '../LeaveGuard.js';
import { useAction } from '../use-action.js';

/** The second factor: an authenticator app that shows a code, and recovery codes for the day it is lost. */
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
              setCodes(await access.confirmTotp({ secret: totp.secret, code }));
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
              await access.removeTotp(password);
              setRemoving(false);
              await readMe();
            })
          }
        />
      ) : (
        <>
          <p className="quiet">
            {isOn ? 'It is on: signing in asks for' : 'It is off. With it, signing in also asks for'} a code after the
            password, which an app on your phone shows and which changes every half minute.
          </p>
          <div className="head-actions">
            {isOn ? (
              <button type="button" className="button" onClick={() => setRemoving(true)}>
                Turn it off
              </button>
            ) : (
              <button
                type="button"
                className="button"
                disabled={action.isBusy}
                onClick={() => action.run(async () => setTotp(await access.beginTotp()))}
              >
                Set it up
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
      className="second-factor"
      onSubmit={(event) => {
        event.preventDefault();
        onCode(code.replace(/\s/g, ''));
      }}
    >
      <QrCode text={address} />
      <div className="run-form">
        <p>Scan it with an authenticator app, or type this secret into one:</p>
        <CopyText text={secret} what="the secret" />
        <label className="field">
          <span className="field-label">The code that the app shows</span>
          <input
            inputMode="numeric"
            autoComplete="one-time-code"
            pattern="[0-9 ]{6,7}"
            required
            value={code}
            onChange={(event) => setCode(event.target.value)}
          />
        </label>
        <div className="head-actions">
          <button type="submit" className="button button-primary" disabled={isBusy}>
            Turn it on
          </button>
          <button type="button" className="button" onClick={onCancel}>
            Cancel
          </button>
        </div>
      </div>
    </form>
  );
}

/** A QR code of a text, drawn dark on light in both themes, as scanners need it. */
function QrCode({ text }: { readonly text: string }): ReactElement {
  const { data, size } = encode(text, { border: 3 });
  const path = data.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  return (
    <svg className="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label="QR code for the authenticator app">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" shapeRendering="crispEdges" />
    </svg>
  );
}

/** The recovery codes, shown this once: whoever leaves before they are copied, saved or said to be kept is asked first. */
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
        It is on. Keep these recovery codes where your phone is not: each signs you in once without it. They are shown
        this once.
      </p>
      <ul className="recovery mono">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <CopyText text={codes.join(' ')} what="the recovery codes" onCopied={() => setKept(true)} />
      <div className="head-actions">
        <button type="button" className="button button-primary" onClick={onDone}>
          I have them
        </button>
        <button
          type="button"
          className="button"
          onClick={() => {
            saveFile('heddle-recovery-codes.txt', `${codes.join('\n')}\n`, 'text/plain');
            setKept(true);
          }}
        >
          Save as a file
        </button>
      </div>
      <LeaveGuard
        isChanged={!isKept}
        what="account"
        title="Leave without the recovery codes?"
        lost="They are shown this once. Without them, a lost phone means that an owner has to let you in again."
        verb="Leave without them"
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
      className="run-form account-form"
      onSubmit={(event) => {
        event.preventDefault();
        onPassword(password);
      }}
    >
      <label className="field">
        <span className="field-label">Your password, to turn the second factor off</span>
        <input
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
      </label>
      <div className="head-actions">
        <button type="submit" className="button button-danger" disabled={isBusy}>
          Turn it off
        </button>
        <button type="button" className="button" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </form>
  );
}
