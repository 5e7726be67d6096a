import clsx from 'clsx';
import type { ToolEffect } from '@heddle/core';
import type { ReactElement } from 'react';
import { effectText } from './tool-text.js';
import styles from './tools.module.css';

/** Checkboxes for the effects of a tool. The tool server only proposes them; a person decides. */
export function EffectBoxes({
  name,
  effects,
  proposed,
  isReadOnly,
  onChange,
}: {
  readonly name: string;
  readonly effects: readonly ToolEffect[];
  readonly proposed: readonly ToolEffect[];
  readonly isReadOnly: boolean;
  readonly onChange: (effects: readonly ToolEffect[]) => void;
}): ReactElement {
  const isAsProposed = effects.length === proposed.length && proposed.every((effect) => effects.includes(effect));
  return (
    <div className={clsx(styles['tool-effects'], 'grid gap-4')} role="group" aria-label={`Effects of ${name}`}>
      <div className="abilities wrapped">
        {effectText.map(([effect, title, help]) => (
          <label key={effect} data-tip={help}>
            <input
              type="checkbox"
              checked={effects.includes(effect)}
              disabled={isReadOnly}
              onChange={(event) =>
                onChange(event.target.checked ? [...effects, effect] : effects.filter((one) => one !== effect))
              }
            />
            {title}
          </label>
        ))}
      </div>
      <p className="quiet">
        {effects.length === 0
          ? 'Select at least one effect.'
          : effects.every((effect) => effect === 'read')
            ? 'Calls need no approval.'
            : 'Calls need approval after untrusted text was read.'}
        {isAsProposed ? ' As described by its server.' : ''}
      </p>
    </div>
  );
}
