import { defineConfig } from 'vite';
import { styles } from './vite.styles.mjs';

const root = '.heddle-chat';

/**
 * Scopes the styles of the package to its own element, because the page around the chat has its own styles. Styles of the whole page
 * (`:root`, `html`, `body`) apply to that element.
 */
const inside = {
  postcssPlugin: 'inside-the-chat',
  Rule(rule) {
    if (rule.parent?.type === 'atrule' && rule.parent.name === 'keyframes') return;
    rule.selectors = rule.selectors.map((selector) => {
      if (selector.includes(root)) return selector;
      const own = selector.replace(/^(?::root|html|body|#root)(?=$|[\s[:>.])/, root);
      return own === selector ? `${root} ${selector}` : own;
    });
  },
};

/** The package `@heddle/react`, built from the components of the share page: one file, so that every bundler can use it. */
export default defineConfig({
  publicDir: false,
  resolve: { conditions: ['source', 'module', 'browser', 'development|production'] },
  css: { ...styles, postcss: { plugins: [inside] } },
  build: {
    outDir: 'dist/react',
    target: 'es2023',
    cssMinify: true,
    minify: false,
    lib: { entry: 'src/features/chat-kit/react.ts', formats: ['es'], fileName: 'heddle-react', cssFileName: 'style' },
    rolldownOptions: {
      // The banner sets `'use client'` for the whole file, so directives of single modules are dropped without a warning.
      checks: { ineffectiveDynamicImport: false },
      onwarn: (warning, warn) => (warning.code === 'MODULE_LEVEL_DIRECTIVE' ? undefined : warn(warning)),
      external: [/^react(?:-dom)?(?:\/|$)/],
      output: { codeSplitting: false, banner: "'use client';" },
    },
  },
});
