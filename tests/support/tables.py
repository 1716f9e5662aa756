"""References as users have them: a CSV file of published energies, a store of relaxations."""

from __future__ import annotations

# Formation energies, eV/atom: Materials Project 2019, PBE (CC BY 4.0), as published: every S
# carries a sulfide correction of -0.66346 eV.
ROWS = """\
formula,id,formation_energy_per_atom,band_gap,flags
Na2S,na2s,-1.29437,2.44,
NaS,na2s2,-1.16472,1.24,polysulfide_over-corrected
NaS2,na2s4,-1.02811,2.00,polysulfide_over-corrected
Na2S5,na2s5,-0.97126,1.76,polysulfide_over-corrected
Na3P,na3p,-0.34054,0.41,
NaP,nap,-0.38632,0.87,
Na3P11,na3p11,-0.24175,1.83,
NaP7,nap7,-0.15575,1.74,
P2S5,p2s5,-0.6359,2.55,
P2S7,p2s7,-0.63744,1.89,S-S bonds over-corrected
Na3PS4,na3ps4,-1.21441,2.28,
Na2PS3,na4p2s6,-1.17962,2.74,
NaPS3,na2p2s6,-0.97133,2.00,
NaCl,nacl,-2.10493,5.00,
NaCl3,nacl3,-1.27595,2.68,
NaCl7,nacl7,-0.68707,0.50,
Zr,zr,0.0,0.0,
ZrCl,zrcl,-1.57743,0.0,
ZrCl2,zrcl2,-2.04026,0.85,
ZrCl3,zrcl3,-2.18137,0.0,
ZrCl4,zrcl4,-2.25149,3.61,
"""
