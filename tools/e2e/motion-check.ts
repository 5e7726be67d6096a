import type { Page } from 'playwright-core';

/** The longest duration in milliseconds of a change for people who prefer reduced motion. */
const mostMs = 20;

/**
 * Lists what moves on a page although reduced motion is set, one line each: elements with a transition or an animation, and running
 * animations. The page keeps reduced motion afterwards.
 */
export async function motions(page: Page): Promise<readonly string[]> {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  for (const end = performance.now() + 10_000; ;) {
    const found = await motionsNow(page);
    // A transition that began before reduced motion was set still runs to its end.
    if (performance.now() > end || !found.includes(transition)) return found;
    await page.waitForTimeout(100);
  }
}

const transition = 'running: a transition';

function motionsNow(page: Page): Promise<readonly string[]> {
  return page.evaluate((most) => {
    const milliseconds = (durations: string): number =>
      Math.max(
        ...durations.split(',').map((text) => Number.parseFloat(text) * (text.trim().endsWith('ms') ? 1 : 1000)),
      );
    const parts = [...document.querySelectorAll('*')].flatMap((element) =>
      [undefined, '::before', '::after'].flatMap((pseudo) => {
        const style = getComputedStyle(element, pseudo);
        const { transitionDuration, animationDuration, animationName, scrollBehavior } = style;
        const moves =
          milliseconds(transitionDuration) > most ||
          (animationName !== 'none' && milliseconds(animationDuration) > most) ||
          scrollBehavior === 'smooth';
        return moves ? [`${element.tagName} ${element.getAttribute('class') ?? ''}${pseudo ?? ''}`] : [];
      }),
    );
    const running = document.getAnimations().flatMap((animation) => {
      const { endTime = 0 } = animation.effect?.getComputedTiming() ?? {};
      const name = animation instanceof CSSAnimation ? animation.animationName : 'a transition';
      return animation.playState === 'running' && Number(endTime) > most ? [`running: ${name}`] : [];
    });
    return [...new Set([...parts, ...running])];
  }, mostMs);
}
