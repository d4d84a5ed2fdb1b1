import { dunlin } from '@dunlin/api/vite'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [dunlin()],
})
