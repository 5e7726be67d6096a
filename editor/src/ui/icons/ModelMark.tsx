import clsx from 'clsx';
import type { ReactElement } from 'react';
import { makerOf, type Maker } from './makers.js';

/** The logo of a model's maker, or a letter if the maker has no logo. */
export function ModelMark({ model, isLarge }: { readonly model: string; readonly isLarge?: boolean }): ReactElement {
  return <MakerMark maker={makerOf(model)} isLarge={isLarge} />;
}

/** The logo of a maker in the text colour, or a letter if the maker has no logo. */
export function MakerMark({
  maker: { name, logo },
  isLarge,
}: {
  readonly maker: Maker;
  readonly isLarge?: boolean | undefined;
}): ReactElement {
  return (
    <span className={clsx('model-mark', isLarge && 'model-mark-large')} data-logo={logo} data-tip={name} aria-hidden>
      {logo === undefined ? name.charAt(0).toUpperCase() : null}
    </span>
  );
}
