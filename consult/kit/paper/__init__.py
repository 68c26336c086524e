"""What a paper is made with: fonts, typography, the setter in its own process, measuring, signing, copies."""
