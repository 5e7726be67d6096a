import { Suspense, type ReactElement } from 'react';
import { lazyPage } from '../../ui/navigation/lazy-page.js';
import { useView } from '../session/index.js';
import styles from './run-drawer.module.css';

const OpenDrawer = lazyPage(() => import('./OpenDrawer.js').then(({ OpenDrawer: drawer }) => drawer));

/** The run below the canvas, loaded when it is opened. */
export function RunDrawer(): ReactElement | null {
  const isOpen = useView((state) => state.isDrawerOpen);
  return isOpen ? (
    <Suspense fallback={<section className={styles['drawer']} data-drawer aria-label="Run" aria-busy="true" />}>
      <OpenDrawer />
    </Suspense>
  ) : null;
}
