"""One file a platform: incoming text to `Incoming`, `Message` to what the platform shows."""
