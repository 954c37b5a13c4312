// SPDX-License-Identifier: MIT
// Runs the pages about frameworks whose packages take longer to install than all other tools of the recipes.
import { testRecipes } from './pages.js';

testRecipes('frameworks', {
  'next.md': {
    port: 3000,
    tools: { next: 'Next.js' },
    files: {
      'app/layout.jsx': 'export default function Layout({ children }) { return <html><body>{children}</body></html>; }',
      'app/page.jsx': "export default function Page() { return 'hello'; }",
    },
  },
  'nuxt.md': {
    port: 3000,
    tools: { nuxt: 'Nuxt' },
    files: { 'nuxt.config.ts': 'export default defineNuxtConfig({});', 'app.vue': '<template>hello</template>' },
  },
});
