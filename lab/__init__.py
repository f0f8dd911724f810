"""A test bed that needs neither AWS nor a router: would it work, and if not, why not?"""
