"""The portal: pages for a browser, made of what one audience may see."""
